"""Collecting: notebooks come in under our names, and nothing else does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.collect import collect
from grader.intake.collected import Collected
from grader.intake.submissions import find_submissions
from grader.notebook import dumps
from tests.kit.course import DUE, ID, release_by_hand, write_course
from tests.kit.downloads import archive, download, lines, put, submitted
from tests.kit.notebooks import answered


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "course")


def notebook(course: Course, student: str) -> str:
    return (course.submitted_dir / student / ID / f"{ID}.ipynb").read_text()


def test_a_folder_for_each_student_is_taken_over(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    put(tmp_path / "in", f"bela/{ID}/{ID}.ipynb")
    put(tmp_path / "in", "chidi/my homework (1).ipynb")
    put(tmp_path / "in", "chidi/numpy.py")
    put(tmp_path / "in", "chidi/._my homework (1).ipynb")
    assert [line.split(" ")[0] for line in lines(course, tmp_path / "in")] == [
        "ada:",
        "bela:",
        "chidi:",
    ]
    assert submitted(course) == {f"{name}/{ID}/{ID}.ipynb" for name in ("ada", "bela", "chidi")}


def test_a_zip_is_taken_over_like_a_folder(course: Course, tmp_path: Path) -> None:
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": b"{}", "bela/x.ipynb": b"{}"})
    assert len(lines(course, source)) == 2
    assert submitted(course) == {f"ada/{ID}/{ID}.ipynb", f"bela/{ID}/{ID}.ipynb"}


def test_a_folder_around_all_others_is_taken_off(course: Course, tmp_path: Path) -> None:
    members = {f"week 3/ada/{ID}.ipynb": b"{}", f"week 3/bela/{ID}.ipynb": b"{}"}
    lines(course, archive(tmp_path / "in.zip", members))
    assert submitted(course) == {f"ada/{ID}/{ID}.ipynb", f"bela/{ID}/{ID}.ipynb"}


def test_collecting_twice_changes_nothing_and_says_so(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    lines(course, tmp_path / "in")
    kept = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    (line,) = lines(course, tmp_path / "in")
    assert "unchanged" in line
    again = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    assert again == kept


def test_what_is_replaced_is_kept_as_an_attempt(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    lines(course, tmp_path / "in")
    put(tmp_path / "in", f"ada/{ID}.ipynb", '{"cells": []}')
    (line,) = lines(course, tmp_path / "in")
    assert "replaced" in line
    assert "attempt 2 of 2 counts" in line
    assert notebook(course, "ada") == '{"cells": []}'
    assert (course.attempts_dir / ID / "ada" / "1" / f"{ID}.ipynb").read_text() == "{}"


def test_an_old_download_collected_again_does_not_undo_a_newer_one(
    course: Course, tmp_path: Path
) -> None:
    old = archive(tmp_path / "old.zip", {f"ada/{ID}.ipynb": b"old"})
    new = archive(tmp_path / "new.zip", {f"ada/{ID}.ipynb": b"new"})
    for source in (old, new, old):
        lines(course, source)
    assert notebook(course, "ada") == "new"


def test_what_was_put_into_submitted_by_hand_is_not_lost(course: Course, tmp_path: Path) -> None:
    put(course.submitted_dir, f"ada/{ID}/{ID}.ipynb", "by hand")
    lines(course, archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": b"collected"}))
    assert notebook(course, "ada") == "collected"
    assert (course.attempts_dir / ID / "ada" / "1" / f"{ID}.ipynb").read_text() == "by hand"


def test_the_latest_in_time_counts_else_the_latest(course: Course, tmp_path: Path) -> None:
    def hand_in(student: str, day: str, content: str) -> None:
        folder = tmp_path / f"{student}-{day}"
        put(folder, f"{student}/{ID}.ipynb", content)
        put(folder, f"{student}/timestamp.txt", f"2026-01-{day} 12:05:00 UTC")
        lines(course, folder)

    hand_in("ada", "09", "draft")
    hand_in("ada", "10", "in the grace period")
    hand_in("ada", "12", "late")
    hand_in("bela", "13", "latest")
    hand_in("bela", "11", "late, but collected last")
    assert notebook(course, "ada") == "in the grace period"
    assert notebook(course, "bela") == "latest"
    stamp = course.submitted_dir / "bela" / ID / "timestamp.txt"
    assert stamp.read_text() == "2026-01-13 12:05:00.000000 UTC"


def test_an_extension_moves_the_deadline_of_an_attempt(course: Course, tmp_path: Path) -> None:
    course.extensions_path.write_text(f"student,assignment,days\nada,{ID},3\n")
    for day, content in (("09", "draft"), ("12", "extended"), ("14", "late")):
        put(tmp_path / day, f"ada/{ID}.ipynb", content)
        put(tmp_path / day, "ada/timestamp.txt", f"2026-01-{day} 12:00:00 UTC")
        lines(course, tmp_path / day)
    assert notebook(course, "ada") == "extended"


def test_a_time_that_cannot_be_read_is_told_and_kept_to_be_corrected(
    course: Course, tmp_path: Path
) -> None:
    put(tmp_path / "in", f"ada/{ID}/{ID}.ipynb")
    put(tmp_path / "in", f"ada/{ID}/timestamp.txt", "2026-01-10 17:30:00 IST")
    for outcome in ("collected", "unchanged"):
        work, time = collect(course, ID, tmp_path / "in")
        assert (work.outcome, work.ok) == (outcome, True)
        assert (time.outcome, time.ok) == ("", False)
        assert str(time) == (
            "ada: the time '2026-01-10 17:30:00 IST' cannot be read (IST stands for several time "
            f"zones) (ada/{ID}/{ID}.ipynb); write it as 2026-10-19 23:41:07 +0200 in "
            f"submitted/ada/{ID}/timestamp.txt, or give it with --times"
        )
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    assert stamp.read_text() == "2026-01-10 17:30:00 IST\n"
    stamp.write_text("2026-01-10 17:30:00 +0530")
    (work,) = collect(course, ID, tmp_path / "in")
    assert (work.outcome, work.ok) == ("unchanged", True)


def test_a_changed_timestamp_wins_and_an_old_download_does_not_undo_it(
    course: Course, tmp_path: Path
) -> None:
    days = {"first": "09", "corrected": "12"}
    for name, day in days.items():
        put(tmp_path / name, f"ada/{ID}/{ID}.ipynb")
        put(tmp_path / name, f"ada/{ID}/timestamp.txt", f"2026-01-{day} 12:00:00 UTC")
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    for name, day in (("first", "09"), ("corrected", "12"), ("first", "12")):
        lines(course, tmp_path / name)
        assert stamp.read_text() == f"2026-01-{day} 12:00:00.000000 UTC"
    stamp.write_text("2026-01-08 12:00:00 UTC")
    for name in days:
        assert "unchanged" in lines(course, tmp_path / name)[0]
        assert stamp.read_text() == "2026-01-08 12:00:00 UTC"


def test_a_time_zone_of_the_course_explains_a_time_that_could_not_be_read(
    course: Course, tmp_path: Path
) -> None:
    put(tmp_path / "in", f"ada/{ID}/{ID}.ipynb")
    put(tmp_path / "in", f"ada/{ID}/timestamp.txt", "2026-01-10 17:30:00 IST")
    list(collect(course, ID, tmp_path / "in"))
    course_yml = course.root / "course.yml"
    course_yml.write_text(course_yml.read_text() + "time_zone: Asia/Kolkata\n")
    (work,) = collect(Course.load(course.root), ID, tmp_path / "in")
    assert work.ok
    assert find_submissions(Course.load(course.root), ID)[0].submitted_at == DUE


def test_a_time_in_the_future_is_told(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{ID}/{ID}.ipynb")
    put(tmp_path / "in", f"ada/{ID}/timestamp.txt", "9000-01-10 17:30:00 UTC")
    _, time = collect(course, ID, tmp_path / "in")
    assert time.ok
    assert "the time 9000-01-10 17:30 UTC lies in the future" in str(time)


def test_an_extension_of_a_dropped_student_is_told(course: Course, tmp_path: Path) -> None:
    course.roster_path.write_text("id\nada\n")
    course.extensions_path.write_text(f"student,assignment,days\nbela,{ID},3\n")
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    found = list(collect(course, ID, tmp_path / "in"))
    assert str(found[-1]).endswith("'bela' is not in roster.csv; correct the id if it is misspelt")
    assert all(line.ok for line in found)


def test_unknown_students_and_missing_submissions_are_listed(
    course: Course, tmp_path: Path
) -> None:
    course.roster_path.write_text("id,email\nada,ada@x.org\nbela,b@x.org\nchidi,\n")
    put(tmp_path / "in", f"Ada@X.org/{ID}.ipynb")
    put(tmp_path / "in", f"zoe/{ID}.ipynb")
    found = list(collect(course, ID, tmp_path / "in"))
    assert [str(line) for line in found] == [
        f"ada: collected (Ada@X.org/{ID}.ipynb)",
        "zoe: left out: not in the roster; add id zoe there and collect again",
        "no submission of 2 of 3 in roster.csv: bela, chidi",
    ]
    assert [line.ok for line in found] == [True, False, True]
    assert submitted(course) == {f"ada/{ID}/{ID}.ipynb"}


def test_which_notebook_is_meant_is_not_guessed(course: Course, tmp_path: Path) -> None:
    path = course.root / "course.yml"
    more = "  - {id: other, title: Other, questions: {a: 1}}\nlimits:"
    path.write_text(path.read_text().replace("limits:", more))
    put(tmp_path / "in", "ada/one.ipynb")
    put(tmp_path / "in", "ada/two.ipynb")
    put(tmp_path / "in", "bela/other.ipynb")
    put(tmp_path / "in", "chidi/other/other.ipynb")
    put(tmp_path / "in", f"chidi/{ID}/work.ipynb")
    put(tmp_path / "in", "dora/answers.zip")
    shown = lines(Course.load(course.root), tmp_path / "in")
    assert shown[1].startswith("ada: left out: 2 notebooks, and not just one named tiny.ipynb (one")
    assert shown[2].startswith("bela: left out: no notebook in it is of this assignment (other")
    assert shown[3] == "dora: left out: no notebook in it is of this assignment (answers.zip)"
    assert submitted(course) == {f"chidi/{ID}/{ID}.ipynb"}


def test_a_source_without_notebooks_is_one_line(course: Course, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="no notebook in it"):
        lines(course, tmp_path / "in")
    half = archive(tmp_path / "half.zip", {f"ada/{ID}.ipynb": b"{}"})
    half.write_bytes(half.read_bytes()[:-30])
    with pytest.raises(UsageError, match="a zip without its end; download it again"):
        lines(course, half)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="neither a folder nor a zip"):
        lines(course, tmp_path / "pipe")
    put(tmp_path, "notes.txt")
    with pytest.raises(UsageError, match="neither a folder nor a zip"):
        lines(course, tmp_path / "notes.txt")
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    with pytest.raises(UsageError, match="no file in it is named as moodle names files"):
        lines(course, tmp_path / "in", "moodle")


def test_nothing_in_a_name_reaches_the_terminal_raw(course: Course, tmp_path: Path) -> None:
    course.roster_path.write_text("id\nada\n")
    names = ("be\u202ela", "be\x9bla", "be\u2028la")
    source = archive(tmp_path / "in.zip", {f"{name}/x\u202e.ipynb": b"{}" for name in names})
    shown = lines(course, source)
    assert len(shown) == len(names) + 1
    assert all(line.isprintable() for line in shown)


def test_a_remark_stands_alone() -> None:
    assert str(Collected("", "no submission of 1")) == "no submission of 1"


@pytest.fixture
def work(course: Course) -> tuple[str, str]:
    """A notebook as it was released, and one with an answer in it."""
    release = release_by_hand(course)
    answers = answered(release, double="def double(x):\n    return 2 * x")
    return dumps(release), dumps(answers)


@pytest.mark.parametrize("is_zip", [False, True])
@pytest.mark.parametrize(
    "name",
    ["Copy of {}", "{} (1)", "{}-Copy1", "{}_final", "Kopie von {}", "Копия {}", "my homework"],
)
def test_a_notebook_as_released_does_not_outrank_one_with_answers(
    course: Course, tmp_path: Path, work: tuple[str, str], name: str, is_zip: bool
) -> None:
    files = {f"ada/{ID}.ipynb": work[0], f"ada/{name.format(ID)}.ipynb": work[1]}
    for path, content in files.items():
        put(tmp_path / "in", path, content)
    members = {path: content.encode() for path, content in files.items()}
    source = archive(tmp_path / "in.zip", members) if is_zip else tmp_path / "in"
    (line,) = lines(course, source)
    assert notebook(course, "ada") == work[1]
    assert line.endswith(f"; one of several notebooks; not taken: {ID}.ipynb")


def test_of_two_notebooks_with_answers_the_one_named_after_the_assignment_counts(
    course: Course, tmp_path: Path, work: tuple[str, str]
) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb", work[1])
    put(tmp_path / "in", f"ada/{ID}_old.ipynb", work[1].replace("2 * x", "3 * x"))
    put(tmp_path / "in", "ada/notes.ipynb", "{}")
    (line,) = lines(course, tmp_path / "in")
    assert notebook(course, "ada") == work[1]
    assert line.endswith(f"not taken: notes.ipynb, {ID}_old.ipynb")


def test_two_notebooks_with_answers_beside_an_untouched_one_are_left_to_settle(
    course: Course, tmp_path: Path, work: tuple[str, str]
) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb", work[0])
    put(tmp_path / "in", "ada/a.ipynb", work[1])
    put(tmp_path / "in", "ada/b.ipynb", work[1].replace("2 * x", "3 * x"))
    (line,) = lines(course, tmp_path / "in")
    assert "left out: 2 notebooks, and not just one" in line
    assert "a.ipynb, b.ipynb" in line


def test_what_a_teacher_has_in_a_download_is_named_and_left_out(
    course: Course, tmp_path: Path
) -> None:
    course.roster_path.write_text("id,role\nada,\nbela,\npat,teacher\n", encoding="utf-8")
    for name in ("ada", "bela", "pat"):
        put(tmp_path / "in", f"{name}/{ID}.ipynb")
    found = list(collect(course, ID, tmp_path / "in"))
    (line,) = [line for line in found if "pat" in str(line)]
    assert line.ok and line.outcome == "left out"
    assert "pat is teacher by the roster, so this is no student's work" in line.text
    assert submitted(course) == {f"{name}/{ID}/{ID}.ipynb" for name in ("ada", "bela")}


def test_a_fault_elsewhere_is_not_told_of_the_download(course: Course, tmp_path: Path) -> None:
    source = download(tmp_path / "in", f"ada/{ID}.ipynb")
    groups = course.root / "groups.csv"
    groups.write_text("group,student\nBlue,ada\nRed,ada\n")
    with pytest.raises(UsageError, match=rf"^{groups}: line 3: "):
        lines(course, source)
    groups.unlink()
    course.submitted_dir.write_text("")
    with pytest.raises(OSError, match="Not a directory"):
        lines(course, source)
