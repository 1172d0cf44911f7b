"""A student gets another id, and everything of theirs follows, wherever the command is killed."""

from __future__ import annotations

import json
import os
import shutil
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.deadlines import load_deadlines
from grader.course.held import held_path, load_held
from grader.course.roster import load_roster, load_staff
from grader.course.settings import Course
from grader.errors import CourseError, GraderError, UsageError
from grader.gradebook.book import CourseGradebook
from grader.gradebook.grades import grades
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import load_result
from grader.gradebook.rename import rename
from grader.grading.batch import autograde
from grader.intake.collect import collect
from grader.notebook import dumps
from grader.pages.class_feedback import write_feedback
from tests.kit.course import ID, RIGHT, release_by_hand, write_course
from tests.kit.crew import CrewOfOne
from tests.kit.gradebook import GRADES, change, rows
from tests.kit.notebooks import answered

WRONG = {**RIGHT, "double": "def double(x):\n    return 2.5 * x"}
STUDENTS = "select id, last_name from student order by 1"
LATENESS = "select student_id, timestamp from submitted_assignment order by 1"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded course of two, with everything that can name a student."""
    course = write_course(tmp_path_factory.mktemp("rename") / "course")
    release = release_by_hand(course)
    course.roster_path.write_text("id,last_name,sis_id,note\nada,Abara,ada,x\nbela,Berg,bela,y\n")
    course.extensions_path.write_text(f"student,assignment,days\nada,{ID},1\nbela,{ID},2\n")
    held_path(course).write_text(f"student,assignment,reason\nada,{ID},odd\n")
    download = course.root / "download"
    for student in ("ada", "bela"):
        folder = download / student
        folder.mkdir(parents=True)
        work = answered(release, **WRONG, why="An answer.")
        (folder / f"{ID}.ipynb").write_text(dumps(work))
        (folder / "timestamp.txt").write_text("2026-01-12 10:00:00 UTC")
    assert all(line.ok for line in collect(course, ID, download))
    autograde(course, ID, crew=CrewOfOne())
    change(course, "update grade set manual_score = 2 where auto_score is null")
    write_feedback(course, course.assignment(ID))
    given = course.given_path(ID, "zip")
    given.parent.mkdir(parents=True)
    given.write_text('{"ada": "1", "bela": "2"}')
    course.shared_marks_path(ID).write_text('{"ada/cell/manual_score": [2.0, null]}')
    course.best_path(ID).write_text('{"Blue": "ada"}')
    return course.root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    shutil.copytree(template, tmp_path / "course")
    return Course.load(tmp_path / "course")


def files(course: Course) -> dict[str, bytes]:
    """Everything in the course folder but the database and its locks."""
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in course.root.rglob("*")
        if path.is_file() and not path.name.startswith(("gradebook.db", ".gradebook"))
    }


def state(course: Course) -> tuple[object, ...]:
    return files(course), *(rows(course, query) for query in (GRADES, STUDENTS, LATENESS))


def score_of(course: Course, student: str) -> tuple[float | None, float, object]:
    with GradebookOnDemand(course) as gradebook:
        by_student = {g.result.student: g for g in grades(gradebook, course.assignment(ID))}
    grade = by_student[student]
    return grade.final_score, grade.lateness.penalty, grade.lateness.deadline


def test_everything_follows_and_nothing_is_left_under_the_old_id(course: Course) -> None:
    before = score_of(course, "ada")
    rename(course, "ada", "ada.l")
    left = {name for name in files(course) if {"ada", "ada.json"} & set(Path(name).parts)}
    assert left == {f"download/ada/{ID}.ipynb", "download/ada/timestamp.txt"}
    for folder in ("submitted", "autograded", "feedback", f"attempts/{ID}"):
        assert (course.root / folder / "ada.l").is_dir()
    assert score_of(course, "ada.l") == before
    assert before[1] > 0, "it was late"
    assert json.loads(course.given_path(ID, "zip").read_text()) == {"ada.l": "1", "bela": "2"}
    assert list(json.loads(course.shared_marks_path(ID).read_text())) == ["ada.l/cell/manual_score"]
    assert json.loads(course.best_path(ID).read_text()) == {"Blue": "ada.l"}
    assert rows(course, STUDENTS) == [("ada.l", "Abara"), ("bela", "Berg")]
    assert course.roster_path.read_text().splitlines()[1] == "ada.l,Abara,ada,x"
    assert {student for student, _ in load_deadlines(course).extended} == {"ada.l", "bela"}
    assert load_held(course) == {("ada.l", ID): "odd"}


def test_a_regrade_draws_the_same_inputs_and_gives_the_same_points(course: Course) -> None:
    before, other = load_result(course, ID, "ada"), load_result(course, ID, "bela")
    assert before and other
    assert before.question("double").checks != other.question("double").checks, "inputs differ"
    rename(course, "ada", "ada.l")
    crew = CrewOfOne()
    autograde(course, ID, crew=crew)
    assert crew.ran == [], "the kept record still holds"
    autograde(course, ID, crew=crew, force=True)
    after = load_result(course, ID, "ada.l")
    assert after
    assert after.question("double").checks == before.question("double").checks
    assert (after.score, after.fingerprint) == (before.score, before.fingerprint)
    assert after.student == "ada.l"


def test_an_old_download_still_finds_the_student(course: Course) -> None:
    rename(course, "ada", "ada.l")
    rename(course, "ada.l", "lovelace")
    roster = course.roster_path.read_text().replace("Abara,ada,", "Abara,lovelace,")
    course.roster_path.write_text(roster)
    found = {line.student: line.outcome for line in collect(course, ID, course.root / "download")}
    assert found["lovelace"] == "unchanged"
    people = load_roster(course)
    assert people
    for old in ("ada", "ADA", "ada.l"):
        assert people.by("sis_id", old) == people.people["lovelace"]
    assert people.by("canvas_id", "ada") is None
    course.roster_path.unlink()
    found = {line.student: line.outcome for line in collect(course, ID, course.root / "download")}
    assert set(filter(None, found)) == {"lovelace", "bela"}


def test_the_inputs_survive_two_renamings_and_the_way_back(course: Course) -> None:
    before = load_result(course, ID, "ada")
    assert before
    rename(course, "ada", "ada.l")
    rename(course, "ada.l", "lovelace")
    crew = CrewOfOne()
    autograde(course, ID, crew=crew)
    rename(course, "lovelace", "ada")
    autograde(course, ID, crew=crew)
    assert crew.ran == []
    assert load_result(course, ID, "ada") == before


def test_the_same_command_again_has_nothing_to_do(course: Course) -> None:
    assert rename(course, "ada", "ada.l")
    after = state(course)
    assert rename(course, "ada", "ada.l") == []
    assert state(course) == after


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nobody", "zoe", "nobody has this id"),
        ("ada", "bela", "has ada and bela"),
        ("ada", "Bela", "bela is there already"),
        ("ada", "ada", "are the same"),
        ("ada", "../ada", "cannot be a student id"),
        ("ada", "-x", "cannot be a student id"),
        ("ada", "Zoë", "cannot be a student id"),
        ("a\x1bda", "zoe", "cannot be a student id"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line_and_changes_nothing(
    course: Course, old: str, new: str, words: str
) -> None:
    before = state(course)
    with pytest.raises(UsageError) as refused:
        rename(course, old, new)
    assert words in str(refused.value)
    assert str(refused.value).isprintable()
    assert state(course) == before


def test_a_new_id_with_work_is_refused_also_without_a_roster(course: Course) -> None:
    course.roster_path.unlink()
    before = state(course)
    with pytest.raises(UsageError, match="bela: bela is there already"):
        rename(course, "ada", "bela")
    assert state(course) == before


def test_a_roster_that_was_corrected_before_is_no_hindrance(course: Course) -> None:
    course.roster_path.write_text("id,last_name\nada.l,Abara\nbela,Berg\n")
    with CourseGradebook(course) as book:
        book.lateness(ID)  # takes the new id over from the roster
    before = score_of(course, "ada")
    rename(course, "ada", "ada.l")
    assert score_of(course, "ada.l") == before
    assert rows(course, STUDENTS) == [("ada.l", "Abara"), ("bela", "Berg")]


def test_ids_that_differ_in_case_only_are_two_names(course: Course) -> None:
    before = score_of(course, "ada")
    rename(course, "ada", "Ada")
    assert score_of(course, "Ada") == before
    found = {line.student: line.outcome for line in collect(course, ID, course.root / "download")}
    assert found["Ada"] == "unchanged"


def test_a_former_id_of_another_student_is_not_given_again(course: Course) -> None:
    rename(course, "ada", "ada.l")
    with pytest.raises(UsageError, match=r"was the id of ada\.l before"):
        rename(course, "bela", "ada")


def test_a_student_who_handed_nothing_in_is_renamed_in_the_roster(course: Course) -> None:
    with course.roster_path.open("a") as file:
        file.write("chidi,Cole,,z\n")
    rename(course, "chidi", "c.cole")
    assert "c.cole,Cole,,z" in course.roster_path.read_text()


def killed_at(step: int, run: Callable[[], object]) -> bool:
    """Run something in a process that kills itself before its nth change of a file's name.

    Returns:
        Whether it was killed; False if it ended before.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
        child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = step

    def count(event: str, _: object) -> None:
        nonlocal left
        if event in ("os.rename", "os.remove", "os.rmdir"):
            left -= 1
            if left == 0:
                os._exit(9)

    try:
        sys.addaudithook(count)
        run()
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.slow
def test_killed_at_any_moment_it_is_finished_by_the_same_command(
    template: Path, tmp_path: Path
) -> None:
    shutil.copytree(template, tmp_path / "whole")
    whole = Course.load(tmp_path / "whole")
    rename(whole, "ada", "ada.l")
    step, refused = 1, 0
    while True:
        root = tmp_path / str(step)
        shutil.copytree(template, root)
        course = Course.load(root)
        if not killed_at(step, lambda course=course: rename(course, "ada", "ada.l")):  # type: ignore[misc]
            break
        try:
            again = Course.load(root)
        except CourseError as error:
            assert "run the same `grader rename` again" in str(error)
            again, refused = Course.load(root, to_rename=True), refused + 1
            with pytest.raises(GraderError, match=r"finish it first: grader rename ada ada\.l"):
                rename(again, "bela", "zoe")
        rename(again, "ada", "ada.l")
        assert state(Course.load(root)) == state(whole), step
        step += 1
    assert refused >= 8


def test_who_teaches_can_get_another_id_too(course: Course) -> None:
    with course.roster_path.open("a", encoding="utf-8") as roster:
        roster.write("pat,Prof,,z\n")
    text = course.roster_path.read_text(encoding="utf-8")
    text = text.replace("note", "note,role").replace(",z\n", ",z,teacher\n")
    course.roster_path.write_text(text, encoding="utf-8")
    assert rename(course, "pat", "pat.p") == [course.roster]
    assert list(load_staff(course)) == ["pat.p"]
