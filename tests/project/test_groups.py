"""One hand-in of a group is graded once, and everybody in the group has its score."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.export.export import export, rows
from grader.gradebook.records import load_result
from grader.grading.batch import Summary, autograde
from grader.intake.attempts import StudentAttempts
from grader.intake.submissions import find_submissions
from grader.notebook import Notebook, dumps, loads
from grader.pages.class_feedback import write_feedback
from grader.pages.report import write_report
from grader.results import Status, SubmissionResult
from grader.system.listener import Listener
from tests.kit.course import COURSE_YML, DUE, ID, RIGHT, release_by_hand, write_course
from tests.kit.crew import CrewOfOne
from tests.kit.gradebook import GRADES, change
from tests.kit.gradebook import rows as database_rows
from tests.kit.notebooks import answered

DAY = timedelta(days=1)
HALF = {"double": RIGHT["double"]}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of its own with a group of three: these tests change its files."""
    course = write_course(tmp_path)
    course.roster_path.write_text(
        "id,first_name,last_name\nada,Ada,Abara\nbela,Bela,Bor\nchidi,Chidi,Cole\ndora,Dora,Dix\n"
    )
    course.groups_path.write_text("group,student\nBlue,chidi\nBlue,ada\nBlue,bela\n")
    return course


@pytest.fixture
def release(course: Course) -> Notebook:
    return release_by_hand(course)


def hand_in(
    course: Course, student: str, answers: Mapping[str, str], at: datetime = DUE, order: int = 0
) -> None:
    release = loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())
    work = dumps(answered(release, **answers)).encode()
    theirs = StudentAttempts(course, ID, student)
    theirs.add(work, f"{student}/{ID}.ipynb", at, order)
    theirs.install(theirs.attempts[-1])


def grade(course: Course, *students: str) -> tuple[Summary, list[str], list[str]]:
    """Grade the class; how it went, what was said, and for whom a notebook was run."""
    said: list[str] = []
    crew, listener = CrewOfOne(), Listener(warn=said.append)
    summary = autograde(course, ID, students=students, crew=crew, listener=listener)
    return summary, said, crew.ran


def record(course: Course, student: str) -> SubmissionResult:
    found = load_result(course, ID, student)
    assert found is not None
    return found


def scores(course: Course) -> dict[str, float]:
    return {row["student"]: row["score"] - row["late_penalty"] for row in rows(course, [ID])}


@pytest.mark.slow
def test_everybody_in_a_group_has_score_record_rows_page_and_exports_of_its_one_hand_in(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "bela", HALF)
    hand_in(course, "dora", HALF)
    summary, said, ran = grade(course)
    assert (ran, said, summary.exit_code) == (["ada", "dora"], [], 0)
    assert scores(course) == dict.fromkeys(("ada", "bela", "chidi", "dora"), 4.0)
    one, two, three = (record(course, student) for student in ("ada", "bela", "chidi"))
    assert replace(one, student="") == replace(two, student="") == replace(three, student="")
    assert one.fingerprint != record(course, "dora").fingerprint
    table = database_rows(course, GRADES)
    assert [row[1:] for row in table if row[0] == "ada"] == [
        row[1:] for row in table if row[0] == "chidi"
    ]
    told = "This is the work of the group Blue. Bela Bor handed it in."
    pages = {
        page.student: page.path.read_text()
        for page in write_feedback(course, course.assignment(ID)).pages
    }
    assert {student: told in page for student, page in pages.items()} == {
        "ada": True,
        "bela": True,
        "chidi": True,
        "dora": False,
    }
    assert "Chidi Cole" in pages["chidi"] and "Chidi Cole" not in pages["ada"]
    notes = {row["student"]: row["notes"] for row in rows(course, [ID])}
    assert notes["chidi"] == [told]
    csv = export(course, [ID], "csv").files[""].decode()
    assert csv.count(told) == 3 and "MISSING" not in csv
    assert grade(course)[0].unchanged == 4
    assert not [path for path in course.submitted_dir.iterdir() if path.name in ("ada", "chidi")]


def test_the_hidden_inputs_are_those_of_the_group_whoever_hands_in_and_stands_first(
    course: Course, release: Notebook
) -> None:
    """The name of the group decides, so that nobody who comes or goes changes them."""
    draws = set()
    for members in ("bela,ada,chidi", "chidi,bela"):
        lines = [f"Blue,{member}" for member in members.split(",")]
        course.groups_path.write_text("\n".join(["group,student", *lines]))
        for student in ("bela", "chidi"):
            hand_in(course, student, HALF)
            draws |= {s.drawn_for for s in find_submissions(course, ID)}
    assert draws == {"group/Blue"}


@pytest.mark.slow
def test_of_different_hand_ins_the_latest_in_time_counts_and_the_others_are_told(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "ada", HALF, DUE - DAY)
    hand_in(course, "bela", RIGHT, DUE - DAY / 2)
    hand_in(course, "chidi", {}, DUE + DAY)
    _, said, _ = grade(course)
    assert said == [
        "group Blue: members handed in different notebooks; that of bela counts, "
        "not that of ada, chidi"
    ]
    assert scores(course) == dict.fromkeys(("ada", "bela", "chidi"), 6.0)
    assert record(course, "ada").note_texts[1] == (
        "Other members of the group handed in other notebooks, which were not graded: ada, chidi."
    )
    for student in ("ada", "bela", "chidi"):  # nothing is lost, and nothing copied
        assert len(StudentAttempts(course, ID, student).attempts) == 1
    course.extensions_path.write_text(f"student,assignment,days\nchidi,{ID},2\n")
    _, said, _ = grade(course)
    assert "that of chidi counts, not that of ada, bela" in said[0]


def test_the_order_in_the_lms_decides_where_no_times_are_known(
    course: Course, release: Notebook
) -> None:
    for student, order in (("ada", 9), ("bela", 8)):
        answers = RIGHT if student == "ada" else HALF
        release_work = dumps(answered(release, **answers)).encode()
        theirs = StudentAttempts(course, ID, student)
        theirs.add(release_work, "x", None, order)
        theirs.install(theirs.attempts[-1])
    assert {s.handed_in_by for s in find_submissions(course, ID)} == {"ada"}


def test_the_same_notebook_twice_is_no_conflict_and_the_first_time_counts(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "ada", HALF, DUE + DAY)
    hand_in(course, "bela", HALF, DUE + 2 * DAY)
    _, said, _ = grade(course)
    assert said == []
    assert scores(course) == dict.fromkeys(("ada", "bela", "chidi"), 3.6)


def test_lateness_is_by_the_time_of_the_hand_in_and_each_members_own_extension(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "ada", HALF, DUE + DAY)
    course.extensions_path.write_text(f"student,assignment,days\nchidi,{ID},2\n")
    grade(course)
    assert scores(course) == {"ada": 3.6, "bela": 3.6, "chidi": 4.0}


@pytest.mark.slow
def test_who_joins_gets_the_score_and_who_leaves_is_graded_alone(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "ada", RIGHT, DUE)
    hand_in(course, "bela", HALF, DUE - DAY)
    grade(course)
    course.groups_path.write_text("group,student\nBlue,dora\nBlue,ada\nBlue,chidi\n")
    assert grade(course)[2] == ["ada", "bela"]
    assert scores(course) == {"ada": 6.0, "bela": 4.0, "chidi": 6.0, "dora": 6.0}
    assert record(course, "bela").notes == ()
    course.groups_path.write_text("group,student\nRed,ada\nRed,dora\n")
    _, said, _ = grade(course)
    assert said == [
        "chidi: has the score of a group's work, but is in no group that handed in, and has handed "
        f"in nothing; to take the score back, remove {course.result_path(ID, 'chidi')}"
    ]
    assert "group Red" in record(course, "dora").note_texts[0]


@pytest.mark.slow
def test_a_member_who_dropped_the_course_gets_no_score_but_their_hand_in_counts(
    course: Course, release: Notebook
) -> None:
    course.roster_path.write_text("id\nada\nbela\n")
    hand_in(course, "ada", HALF)
    summary, said, _ = grade(course)
    assert [result.student for result in summary.results] == ["ada", "bela"]
    assert [line.split(": ", 2)[2][:7] for line in said] == ["'chidi'"]
    hand_in(course, "chidi", RIGHT, DUE + timedelta(minutes=5))
    assert grade(course)[2] == ["ada"]
    assert scores(course) == dict.fromkeys(("ada", "bela", "chidi"), 6.0)


def test_one_member_can_be_graded_alone_by_name_with_the_work_of_another(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "ada", HALF)
    assert grade(course, "chidi")[2] == ["chidi"]
    assert record(course, "chidi").score == 4.0


@pytest.mark.slow
def test_the_best_attempt_of_all_members_counts_if_the_course_says_so(
    course: Course, release: Notebook
) -> None:
    (course.root / "course.yml").write_text(COURSE_YML + "attempts: best\n")
    course = Course.load(course.root)
    hand_in(course, "ada", RIGHT, DUE - 2 * DAY)
    hand_in(course, "bela", HALF, DUE - DAY)
    hand_in(course, "ada", {}, DUE)
    _, said, _ = grade(course)
    assert scores(course) == dict.fromkeys(("ada", "bela", "chidi"), 6.0)
    assert "that of ada counts, not that of bela" in said[0]
    assert grade(course)[0].unchanged == 3


@pytest.mark.slow
def test_points_by_hand_hold_for_the_group_until_somebody_gets_their_own(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "ada", {**HALF, "why": "Because."})
    grade(course)
    assert {row["questions"]["why"]["score"] for row in rows(course, [ID])} == {None}

    def give(student: str, points: str) -> None:
        change(
            course,
            f"update grade set manual_score = {points}, needs_manual_grade = 0 where id in ("
            "select grade.id from grade join base_cell on base_cell.id = cell_id "
            "join submitted_notebook on submitted_notebook.id = grade.notebook_id "
            "join submitted_assignment on submitted_assignment.id = "
            "submitted_notebook.assignment_id "
            f"where base_cell.name = 'why' and student_id = '{student}')",
        )

    def given() -> dict[str, float]:
        return {row["student"]: row["questions"]["why"]["score"] for row in rows(course, [ID])}

    give("bela", "2")
    assert given() == {"ada": 2.0, "bela": 2.0, "chidi": 2.0}
    waits = [row[4] for row in database_rows(course, GRADES) if row[1] == "why"]
    assert waits == [0, 0, 0]
    give("bela", "1.5")  # changed: the others follow
    assert given() == {"ada": 1.5, "bela": 1.5, "chidi": 1.5}
    give("chidi", "0")  # who did not take part
    assert given() == {"ada": 1.5, "bela": 1.5, "chidi": 0.0}
    give("bela", "3")
    assert given() == {"ada": 3.0, "bela": 3.0, "chidi": 0.0}
    give("chidi", "null")  # follows again
    assert given() == {"ada": 3.0, "bela": 3.0, "chidi": 3.0}
    give("bela", "null")
    assert given() == dict.fromkeys(("ada", "bela", "chidi"))


@pytest.mark.slow
def test_the_report_does_not_call_members_of_a_group_alike(
    course: Course, release: Notebook
) -> None:
    course.roster_path.unlink()
    lines = "\n".join(f"y{n} = {n} * double(square({n})) + {n + 1}" for n in range(40))
    hand_in(course, "ada", {**RIGHT, "double": f"{RIGHT['double']}\n{lines}"})
    for student in ("dora", "emil", "farah"):
        hand_in(course, student, HALF)
    grade(course)
    page = write_report(course, course.assignment(ID)).read_text()
    assert "bela" in page
    evidence = page[page.index("imilar") :]
    for pair in (("ada", "bela"), ("ada", "chidi"), ("bela", "chidi")):
        assert f"{pair[0]} and {pair[1]}" not in evidence
    assert json.dumps("emil")[1:-1] in evidence


def test_a_rejected_hand_in_is_the_groups_and_a_member_with_a_link_cannot_take_anothers_work(
    course: Course, release: Notebook
) -> None:
    hand_in(course, "dora", RIGHT)
    folder = course.submitted_dir / "ada"
    folder.mkdir(parents=True)
    (folder / ID).symlink_to(course.submitted_dir / "dora" / ID)
    grade(course)
    assert {s: record(course, s).status for s in ("ada", "bela", "chidi", "dora")} == {
        "ada": Status.REJECTED,
        "bela": Status.REJECTED,
        "chidi": Status.REJECTED,
        "dora": Status.GRADED,
    }
