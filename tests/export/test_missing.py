"""Zeros and empty cells for work that is not there."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.export import export
from tests.kit.course import ID, hand_in


@pytest.fixture
def course(graded_course: Course) -> Course:
    """Fay and Gus, who has an extension, handed nothing in; Hal's work is not graded yet."""
    with graded_course.roster_path.open("a", encoding="utf-8") as file:
        file.write("fay,Fay,Fox,fay@example.org,B,601,,,fay\n")
        file.write("gus,Gus,Gray,gus@example.org,B,602,,,gus\n")
        file.write("hal,Hal,Hill,hal@example.org,B,603,,,hal\n")
    graded_course.extensions_path.write_text(
        f"student,assignment,until\ngus,{ID},2999-01-01T00:00:00+00:00\n"
    )
    hand_in(graded_course, "hal", b"not graded yet")
    return graded_course


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("kind", "who", "cell"),
    [
        ("canvas", "ID", "Tiny"),
        ("moodle", "Email address", "Assignment: Tiny (Real)"),
        ("csv", "student", "final_score"),
    ],
)
def test_a_table_has_a_zero_or_an_empty_cell(
    course: Course, kind: str, who: str, cell: str
) -> None:
    names = {"601": "fay", "602": "gus", "603": "hal"}
    found = {}
    for how in (None, "zero", "blank"):
        content = export(course, [ID], kind, missing=how).files[""]
        cells = {row[who].partition("@")[0]: row[cell] for row in table(content)}
        found[how] = {names.get(name, name): value for name, value in cells.items()}
    late = ("fay", "gus", "hal")
    if kind == "csv":
        assert [found[None][name] for name in late] == ["", "", ""]
        assert found["zero"]["gus"] == found["zero"]["hal"] == ""
    else:
        assert not found[None].keys() & set(late)
        assert not found["zero"].keys() & {"gus", "hal"}
    assert found["zero"]["fay"] == "0"
    assert [found["blank"][name] for name in late] == ["", "", ""]
    graded = found[None].keys() - set(late)
    assert all(found[None][n] == found["zero"][n] == found["blank"][n] for n in graded)


def test_json_lists_everyone_once(course: Course) -> None:
    zero = json.loads(export(course, [ID], "json", missing="zero").files[""])
    rows = {row["student"]: row for row in zero}
    assert (rows["fay"]["status"], rows["fay"]["score"]) == ("MISSING", 0.0)
    assert not {"gus", "hal"} & rows.keys()
    blank = json.loads(export(course, [ID], "json", missing="blank").files[""])
    told = {row["student"]: (row["status"], row["score"]) for row in blank}
    assert told["fay"] == told["gus"] == ("MISSING", None)
    assert told["hal"] == ("NOT_GRADED", None)
    assert len(told) == len(blank)


def test_gradescope_gets_a_result_of_zero(course: Course) -> None:
    files = export(course, [ID], "gradescope", missing="zero").files
    tests = json.loads(files[f"{ID}/fay.json"])["tests"]
    assert tests
    assert {test["score"] for test in tests} == {0.0}
    assert f"{ID}/fay.json" not in export(course, [ID], "gradescope", missing="blank").files


def test_who_may_still_hand_in_is_named_and_not_given_a_zero(course: Course) -> None:
    said = "\n".join(export(course, [ID], "csv", missing="zero").remarks)
    assert f"{ID}: may still hand in, so without a zero: gus" in said
    assert "hal" not in said.partition("may still hand in")[2].partition("\n")[0]


def test_points_that_stand_in_the_file_are_kept(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "exported.csv"
    lines = "Student,ID,Section,Tiny (7)\n    Points Possible,,,9\n"
    path.write_text(lines + "Fay,601,B,3\nGus,602,B,0\n")
    for how, cells in (("zero", ["3", "0"]), ("blank", ["3", ""])):
        exported = export(course, [ID], "canvas", path, missing=how)
        assert [row["Tiny (7)"] for row in table(exported.files[""])[1:]] == cells
        assert "fay: has 3 in the file, but no work here; left as it is" in exported.remarks


def test_without_a_roster_nobody_can_be_missing(course: Course) -> None:
    course.roster_path.unlink()
    with pytest.raises(UsageError, match="--missing needs a roster"):
        export(course, [ID], "csv", missing="zero")


@pytest.mark.parametrize(("kind", "count"), [("canvas", 1), ("moodle", 1), ("csv", 0)])
def test_penalties_that_an_lms_could_take_twice_are_told_once(
    course: Course, kind: str, count: int
) -> None:
    remarks = export(course, [ID], kind).remarks
    assert sum("turn its own off" in remark for remark in remarks) == count
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("penalty_per_day: 0.1", "penalty_per_day: 0"))
    assert not [r for r in export(Course.load(course.root), [ID], kind).remarks if "turn its" in r]
