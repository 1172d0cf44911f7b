"""Whose file it is: found by number and name in any Unicode form, and never guessed."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from grader.course.settings import Course
from tests.kit.course import write_course
from tests.kit.downloads import download, taken

ROSTER = """\
id,first_name,last_name,canvas_id,moodle_id
ram,राम,शर्मा,501,
nok,นก,ใจดี,502,
ann,Anna,Müller,503,1003
jo,José,O’Neill-Ruiz,504,
bob,Bob,Ray,505,1005
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = write_course(tmp_path / "course")
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    return course


def canvas(name: str, number: int) -> str:
    return f"{name}_{number}_{number + 9000}_tiny.ipynb"


def moodle(name: str, number: int) -> str:
    return f"{name}_{number}_assignsubmission_file_/tiny.ipynb"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_names_are_found_in_every_form_of_unicode(
    course: Course, tmp_path: Path, form: Literal["NFC", "NFD", "NFKC", "NFKD"]
) -> None:
    names = {
        "शर्माराम": 501,
        "ใจดีนก": 502,
        "mülleranna": 503,
        "oneillruizjosé": 504,
        "ｒａｙｂｏｂ": 505,
    }
    files = [canvas(unicodedata.normalize(form, name), names[name]) for name in names]
    assert set(taken(course, download(tmp_path / "canvas", *files))[0]) == {
        "ram",
        "nok",
        "ann",
        "jo",
        "bob",
    }
    course.roster_path.write_text(unicodedata.normalize(form, ROSTER), encoding="utf-8")
    names = {
        "राम शर्मा": 1,
        "นก ใจดี": 2,
        "Anna Müller": 1003,
        "José ONeill-Ruiz": 4,
        "Ray Ｂｏｂ": 5,
    }
    files = [moodle(name, names[name]) for name in names]
    assert len(taken(course, download(tmp_path / "moodle", *files))[0]) == 5


@pytest.mark.parametrize("name", ["रमा शर्मा", "रम शरम", "Anna Muller", "Ann Amüller", "B Obray"])
def test_a_name_that_is_merely_alike_is_somebody_elses(
    course: Course, tmp_path: Path, name: str
) -> None:
    found, said = taken(course, download(tmp_path / "in", moodle(name, 9)))
    assert found == {}
    assert f"{name}: left out: not in the roster; add moodle_id 9 there" in said


@pytest.mark.parametrize("name", ["श????र?म", "______", "m?ller", "m__ller", "m\ufffdller"])
def test_of_a_damaged_name_the_number_decides(course: Course, tmp_path: Path, name: str) -> None:
    assert set(taken(course, download(tmp_path / "in", canvas(name, 503)))[0]) == {"ann"}
    found, said = taken(course, download(tmp_path / "other", canvas(name, 77)))
    assert set(found) == {"ann"}
    assert "damaged by a program that packed the zip; add canvas_id 77 to the roster" in said


def test_the_letters_that_are_left_must_be_those_of_the_id(course: Course, tmp_path: Path) -> None:
    course.roster_path.write_text("id,first_name,last_name\n501,Anna,Müller\n502,Bo,Dee\n")
    files = [canvas("m?lleranna", 501), canvas("m?lleranna", 502)]
    found, said = taken(course, download(tmp_path / "in", *files))
    assert found == {"501": files[0]}
    assert "add canvas_id 502" in said


def test_a_number_and_a_name_that_disagree_are_listed(course: Course, tmp_path: Path) -> None:
    files = [canvas("mülleranna", 505), moodle("Bob Ray", 1003)]
    found, said = taken(course, download(tmp_path / "canvas", files[0]))
    assert "left out: canvas_id 505 is bob, but the name is ann; correct the roster" in said
    more, said = taken(course, download(tmp_path / "moodle", files[1]))
    assert "left out: moodle_id 1003 is ann, but the name is bob; correct the roster" in said
    assert found == more == {}


def test_two_numbers_with_one_name_are_two_people(course: Course, tmp_path: Path) -> None:
    files = [moodle("José ONeill-Ruiz", 21), moodle("José ONeill-Ruiz", 22)]
    found, said = taken(course, download(tmp_path / "in", *files))
    assert found == {}
    for number in (21, 22):
        assert f"several in this download have this name; write moodle_id {number}" in said
    files = [moodle("Anna Müller", 1003), moodle("Anna Müller", 1004)]
    found, said = taken(course, download(tmp_path / "more", *files))
    assert found == {"ann": files[0]}
    assert "write moodle_id 1004 into the row of the right one" in said


def test_a_name_in_two_peoples_rows_is_listed(course: Course, tmp_path: Path) -> None:
    course.roster_path.write_text("id,sis_login,github\nada,lovelace,\nbela,,lovelace\n")
    found, said = taken(course, download(tmp_path / "in", "lovelace/tiny.ipynb"))
    assert found == {}
    assert "lovelace: left out: ada and bela have this name in different columns" in said
