"""The roster is written back with its changes, and everything else in it stays as it was."""

from __future__ import annotations

import pytest

from grader.course.roster import Person, load_roster
from grader.course.roster_file import open_roster
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.workbook import new_workbook

ADA = Person("ada", "Ada", "Lovelace", "ada@example.org", canvas_id="501")
OWN = b'\xef\xbb\xbfid;seat;first_name\r\nada;"12;a";Ada\r\n bela ;13;B\xc3\xa9la'


def test_a_roster_that_was_not_there_is_made(course: Course) -> None:
    open_roster(course).with_people([ADA]).save()
    text = course.roster_path.read_text(encoding="utf-8-sig")
    assert text.splitlines() == [
        "id,first_name,last_name,email,section,canvas_id",
        "ada,Ada,Lovelace,ada@example.org,,501",
    ]
    roster = load_roster(course)
    assert roster is not None
    assert list(roster) == [ADA]


def test_columns_of_the_instructor_and_other_rows_stay_to_the_letter(course: Course) -> None:
    course.roster_path.write_bytes(OWN)
    changed = open_roster(course).with_people([Person("bela", "Béla", github="b-b"), Person("c")])
    changed.save()
    assert course.roster_path.read_bytes().decode() == (
        '\ufeffid;seat;first_name;github\r\nada;"12;a";Ada;\r\n bela ;13;Béla;b-b\r\nc;;;\r\n'
    )


def test_an_unchanged_roster_is_the_same_file(course: Course) -> None:
    course.roster_path.write_bytes(OWN)
    file = open_roster(course)
    file.with_people([Person("ada", "Ada")]).save()
    assert course.roster_path.read_bytes() == OWN


def test_a_new_id_changes_one_cell(course: Course) -> None:
    course.roster_path.write_bytes(OWN)
    open_roster(course).renamed("ada", "ada2").save()
    assert course.roster_path.read_bytes() == OWN.replace(b"\r\nada;", b"\r\nada2;")
    with pytest.raises(UsageError, match="nobody has the id 'zoe'"):
        open_roster(course).renamed("zoe", "eve")


@pytest.mark.parametrize("new", ["bela", "BELA", "../x"])
def test_a_roster_that_could_not_be_read_is_not_written(course: Course, new: str) -> None:
    course.roster_path.write_bytes(OWN)
    with pytest.raises(UsageError):
        open_roster(course).renamed("ada", new).save()
    assert course.roster_path.read_bytes() == OWN


def test_rows_are_taken_out(course: Course) -> None:
    course.roster_path.write_bytes(OWN)
    open_roster(course).without({"bela"}).save()
    assert course.roster_path.read_bytes().endswith(b'ada;"12;a";Ada\r\n')


def test_a_name_is_no_formula(course: Course) -> None:
    open_roster(course).with_people([Person("eve", '=HYPERLINK("x")', "@Doe")]).save()
    assert 'eve,"\'=HYPERLINK(""x"")",\'@Doe' in course.roster_path.read_text()


@pytest.mark.slow
def test_a_roster_that_is_a_workbook_is_read_but_not_changed(course: Course) -> None:
    course.roster_path.write_bytes(new_workbook([["id", "first_name"], ["0012", "Ada"]], [9, 9]))
    roster = load_roster(course)
    assert roster is not None
    assert list(roster) == [Person("0012", "Ada")]
    with pytest.raises(UsageError, match=r"a workbook.*save it as CSV"):
        open_roster(course)
