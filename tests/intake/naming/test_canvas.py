"""Downloads of Canvas, named as Canvas names them."""

from __future__ import annotations

from pathlib import Path

from grader.course.settings import Course
from grader.intake.collect import collect
from tests.kit.course import ID
from tests.kit.downloads import download, taken


def test_canvas_names_are_understood(course: Course, tmp_path: Path) -> None:
    source = download(
        tmp_path / "in",
        "lovelaceada_501_9001_tiny.ipynb",
        "vonszabóbéla_LATE_502_9002_tiny-2.ipynb",
        "okaforchidi_503_9003_My Homework-1.ipynb",
        "okaforchidi_503_9004_notes.pdf",
        "linmei_504_9005_tiny.ipynb",
        "doejane_505_9006_tiny.ipynb",
        "studenttest_506_text.html",
    )
    found, said = taken(course, source)
    assert found == {
        "ada": "lovelaceada_501_9001_tiny.ipynb",
        "bela": "vonszabóbéla_LATE_502_9002_tiny-2.ipynb",
        "chidi": "okaforchidi_503_9003_My Homework-1.ipynb",
    }
    assert "bela: collected" in said
    assert (
        "but without a time, so counted as in time; give their times with --times: bela\n" in said
    )
    assert (
        "linmei: left out: mei1, mei2 have this name; write canvas_id 504 into the row of the right"
        in said
    )
    assert "doejane: left out: not in the roster; add canvas_id 505" in said
    assert "no submission of 2 of 5 in roster.csv: mei1, mei2" in said


def test_what_has_to_be_settled_comes_after_what_was_taken(course: Course, tmp_path: Path) -> None:
    names = ["lovelaceada_501_9001_tiny.py", "vonszabóbéla_502_9002_tiny.ipynb"]
    lines = list(collect(course, ID, download(tmp_path / "in", *names)))
    assert [line.outcome for line in lines] == ["collected", "left out", ""]


def test_a_resubmission_to_canvas_is_told_by_its_number_not_its_name(
    course: Course, tmp_path: Path
) -> None:
    names = ["lovelaceada_501_9010_tiny.ipynb", "lovelaceada_501_9012_tiny-1.ipynb"]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert found == {"ada": names[1]}
    assert "the latest of several notebooks; not taken: tiny.ipynb" in said
    older = download(tmp_path / "older", "lovelaceada_501_9011_tiny-1.ipynb")
    found, said = taken(course, older)
    assert found == {"ada": names[1]}
    assert "unchanged" in said
    assert "attempt 1 of 2 counts" in said


def test_somebody_else_of_the_same_name_in_canvas_is_not_taken_for_the_student(
    course: Course, tmp_path: Path
) -> None:
    found, said = taken(course, download(tmp_path / "in", "lovelaceada_777_9001_tiny.ipynb"))
    assert found == {}
    assert "add canvas_id 777" in said


def test_an_id_that_happens_to_be_a_number_in_canvas_is_not_taken_for_it(
    course: Course, tmp_path: Path
) -> None:
    course.roster_path.write_text("id,first_name,last_name\n501,Ada,Lovelace\n502,Bo,Dee\n503,,\n")
    names = [f"{who}_9001_tiny.ipynb" for who in ("lovelaceada_501", "doejane_502", "roejo_503")]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert set(found) == {"501", "503"}
    assert "doejane: left out: not in the roster" in said


def test_an_anonymous_canvas_download_says_what_to_do(course: Course, tmp_path: Path) -> None:
    found, said = taken(course, download(tmp_path / "in", "anon_aB3xY_9001_tiny.ipynb"))
    assert found == {}
    assert "turn anonymous grading off" in said


def test_without_a_roster_canvas_numbers_are_the_ids(course: Course, tmp_path: Path) -> None:
    course.roster_path.unlink()
    names = ["doejane_501_9001_tiny.ipynb", "roejohn_LATE_502_9002_tiny-1.ipynb"]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert found == dict(zip(("501", "502"), names, strict=True))
    assert said.startswith("no roster.csv: each student's Canvas number becomes the id")
