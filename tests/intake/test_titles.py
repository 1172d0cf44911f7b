"""Where a title ends and an id begins is told by what all names share, and by the roster."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from grader.course.settings import Course
from grader.intake.naming.handed import Handed
from grader.intake.titles import without_titles
from tests.kit.course import write_course
from tests.kit.downloads import download, taken


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "course")


def ids(names: str, roster: str | None, sign: str = "_") -> list[str]:
    """What is left of each name; "?" where it is in doubt."""
    files = [Handed(name, PurePosixPath("x"), name, sign=sign) for name in names.split()]
    is_known = None if roster is None else roster.split().__contains__
    return ["?" if file.doubt else file.key for file in without_titles(files, is_known)]


@pytest.mark.parametrize(
    ("names", "roster", "expected"),
    [
        ("HW2_two_kim_a HW2_two_lee_a HW2_two_bela", None, "kim_a lee_a bela"),
        ("HW2_two_kim_a HW2_two_lee_a HW2_two_bela", "kim_a lee_a bela a", "kim_a lee_a bela"),
        ("HW2_two_kim_a HW2_two_a", "kim_a a", "kim_a a"),
        ("HW2_two_kim_a HW2_two_kim_b", "kim_a kim_b", "kim_a kim_b"),
        ("HW2_two_kim_a HW2_two_kim_b", "kim_a kim_b a b", "kim_a kim_b"),
        ("HW2_kim_a HW2_kim_bela", "kim_a a bela", "a bela"),
        ("HW2_kim_a HW2_kim_b", "a", "? ?"),
        ("HW2_two_kim_a HW2_two_bela HW2_two_zed_a", "kim_a bela a", "kim_a bela zed_a"),
        ("HW2_two_kim_a", "kim_a a", "kim_a"),
        ("HW2_two_bela", "bela", "bela"),
        ("HW2_two_bela", "ada", "?"),
        ("HW2_two_bela", None, "?"),
        ("ps1_ada", None, "ada"),
        ("ps1_ada", "bela", "ada"),
        ("ada", "ada", "ada"),
        ("kim_a lee_a", "kim_a lee_a a", "kim_a lee_a"),
    ],
)
def test_the_longest_ids_that_fit_are_taken_and_none_is_guessed(
    names: str, roster: str | None, expected: str
) -> None:
    assert " ".join(ids(names, roster)) == expected


@pytest.mark.parametrize(
    ("names", "roster", "expected"),
    [
        ("ada-l okafor-7 zz-ada-l", "ada-l okafor-7", "ada-l okafor-7 zz-ada-l"),
        ("zz-ada-l", "ada-l", "zz-ada-l"),
        ("zz-ada-l zz-okafor-7", "ada-l okafor-7", "zz-ada-l zz-okafor-7"),
        ("hw-2-ada-l hw-2-okafor-7 hw-2-zz-ada-l", "ada-l okafor-7", "ada-l okafor-7 zz-ada-l"),
        ("hw-2-ada-l hw-2-okafor-7 hw-2-b", None, "hw-2-ada-l hw-2-okafor-7 hw-2-b"),
    ],
)
def test_user_names_on_github_match_whole(names: str, roster: str | None, expected: str) -> None:
    assert " ".join(ids(names, roster, "-")) == expected


def test_two_students_whose_ids_end_alike_are_two(course: Course, tmp_path: Path) -> None:
    names = [
        f"HW2_two5Flayer_{who}_attempt_2026-01-09-10-00-00_tiny.ipynb" for who in ("kim_a", "lee_a")
    ]
    source = download(tmp_path / "in", *names)
    assert taken(course, source)[0] == dict(zip(("kim_a", "lee_a"), names, strict=True))
    course.roster_path.write_text("id\nkim_a\nlee_a\na\n")
    assert set(taken(course, source)[0]) == {"kim_a", "lee_a"}


def test_the_first_time_stamp_counts(course: Course, tmp_path: Path) -> None:
    course.roster_path.write_text("id\nada\nmallory\n")
    own = "ada_attempt_2026-01-01-10-00-00_tiny.ipynb"
    name = f"HW2_mallory_attempt_2026-01-09-10-00-00_{own}"
    assert taken(course, download(tmp_path / "in", name))[0] == {"mallory": name}
    stamp = course.submitted_dir / "mallory" / "tiny" / "timestamp.txt"
    assert stamp.read_text() == "2026-01-09 10:00:00.000000 UTC"


def test_a_name_with_two_readings_is_listed(course: Course, tmp_path: Path) -> None:
    name = "HW2_two_kim_a_attempt_2026-01-09-10-00-00_tiny.ipynb"
    found, said = taken(course, download(tmp_path / "in", name))
    assert found == {}
    assert "left out: title and id cannot be told apart in HW2_two_kim_a; put the ids of" in said


def test_a_github_account_is_not_taken_for_the_id_of_somebody_with_another_one(
    course: Course, tmp_path: Path
) -> None:
    course.roster_path.write_text("id,github\nada,ada-l\nbela,\n")
    names = [
        f"tiny-{who}/{file}" for who in ("ada", "bela") for file in ("tiny.ipynb", ".git/HEAD")
    ]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert set(found) == {"bela"}
    assert "add github ada" in said
