"""Who works together, as groups.csv has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.deadlines import load_deadlines
from grader.course.groups import Group, load_groups
from grader.course.roster import load_roster
from grader.course.settings import Course
from grader.errors import UsageError
from tests.kit.course import COURSE_YML, ID, write_course

SECOND = """\
  - id: second
    title: Second
    questions: {double: 1}
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of its own with two assignments: these tests change its files."""
    write_course(tmp_path)
    (tmp_path / "course.yml").write_text(COURSE_YML.replace("limits:", SECOND + "limits:"))
    return Course.load(tmp_path)


def write(course: Course, text: str) -> None:
    course.groups_path.write_text(text, encoding="utf-8")


def test_without_the_file_everybody_works_alone(course: Course) -> None:
    groups = load_groups(course)
    assert (groups.at(ID), groups.of(ID, "ada")) == ((), None)


def test_the_order_of_the_rows_means_nothing(course: Course) -> None:
    rows = ["Blue,bela", "Red,chidi", "Blue,ada"]
    found = []
    for given in (rows, rows[::-1]):
        write(course, "\n".join(["group,student", *given, ""]))
        found.append(load_groups(course).at(ID))
    assert found[0] == found[1] == (Group("Blue", ("ada", "bela")), Group("Red", ("chidi",)))


def test_an_assignment_with_rows_of_its_own_has_only_these_groups(course: Course) -> None:
    write(course, f"Student;Group;Assignment;Why\nada;Blue;;\nbela;Blue;;\nada;Red;{ID};moved\n")
    groups = load_groups(course)
    assert groups.of(ID, "ada") == Group("Red", ("ada",))
    assert groups.of(ID, "bela") is None
    assert groups.of("second", "bela") == Group("Blue", ("ada", "bela"))


def test_a_name_is_found_in_any_case_width_and_unicode_form(course: Course) -> None:
    write(course, "group,student\nÉquipe 1,ada\n第三组,bela\n")
    groups = load_groups(course)
    assert groups.named(ID, "e\u0301QUIPE １") == Group("Équipe 1", ("ada",))
    assert groups.named(ID, "第三组") == Group("第三组", ("bela",))
    assert groups.named(ID, "Équipe 11") is None
    assert groups.named(ID, "") is None


def test_a_member_who_is_not_in_the_roster_is_a_remark(course: Course) -> None:
    course.roster_path.write_text("id\nada\n")
    write(course, "group,student\nBlue,ada\nBlue,bela\n")
    problem = "'bela' is not in roster.csv; correct the id if it is misspelt"
    assert load_groups(course).remarks == (f"{course.groups_path}: line 3: {problem}",)
    course.roster_path.unlink()
    assert load_groups(course).remarks == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("group\nBlue\n", "line 1: no column 'student'; name the columns in line 1"),
        ("student\nada\n", "line 1: no column 'group'; name the columns in line 1"),
        ("group,student\nBlue,../x\n", "line 2: student '../x': An id has at most 64"),
        ("group,student\nBlue,\n", "line 2: student '': An id has"),
        ("group,student\n,ada\n", "line 2: group '': must be plain text"),
        ("group,student\n---,ada\n", "line 2: group '---': must be plain text"),
        ("group,student\nB\u202elue,ada\n", r"line 2: group 'B\u202elue': must be plain"),
        (f"group,student\n{'b' * 101},ada\n", "must be plain text with a letter or digit, of at"),
        (
            "group,student\nBlue,ada\nRed,ada\n",
            "line 3: ada is also in the group 'Blue' in line 2; keep one of the two rows",
        ),
        (
            "group,student\nBlue,ada\nBlue,ada\n",
            "line 3: ada is also in the group 'Blue' in line 2; keep one of the two rows",
        ),
        (
            "group,student\nTeam 1,ada\nteam1,bela\n",
            "line 3: group 'team1' is also written 'Team 1'; write it in one way",
        ),
        ("group,student,assignment\nBlue,ada,third\n", "line 2: 'third' is not an assignment"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(course: Course, text: str, problem: str) -> None:
    write(course, text)
    with pytest.raises(UsageError) as caught:
        load_groups(course)
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"{course.groups_path}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_course_yml_names_must_be_there(course: Course) -> None:
    path = course.root / "course.yml"
    path.write_text(path.read_text() + "groups: teams.csv\n")
    with pytest.raises(UsageError, match=r"teams\.csv: not found"):
        load_groups(Course.load(course.root))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("group,student,student\nBlue,ada,bela\n", "line 1: two columns 'student'; keep one"),
        ("Group,group,student\nBlue,Red,ada\n", "line 1: two columns 'group'; keep one"),
        ("group,student\nBlue,ada,bela\n", "line 2: more cells than columns; write one row"),
    ],
)
def test_a_member_is_never_left_out_in_silence(course: Course, text: str, words: str) -> None:
    write(course, text)
    with pytest.raises(UsageError, match=words):
        load_groups(course)


@pytest.mark.parametrize("load", [load_groups, load_roster, load_deadlines])
def test_a_link_to_nothing_is_no_missing_file(
    course: Course, load: Callable[[Course], object]
) -> None:
    for path in (course.groups_path, course.roster_path, course.extensions_path):
        path.symlink_to("nowhere")
    with pytest.raises(UsageError, match="not found"):
        load(course)
