"""held.csv: what is held back, and who wrote what else into the file."""

from __future__ import annotations

import pytest

from grader.course.held import held_at, held_path, hold, load_held
from grader.course.settings import Course
from grader.errors import UsageError


def test_nothing_is_held_without_the_file(course: Course) -> None:
    assert load_held(course) == {}
    assert hold(course, "ada", "tiny", None) == (None, None)
    assert not held_path(course).exists()


def test_a_result_is_held_and_let_go_and_other_rows_stay(course: Course) -> None:
    path = held_path(course)
    path.write_bytes(b"student;assignment;since;reason\r\nbo;tiny;May;=odd\r\ncy;other;;")
    assert hold(course, "ada", "tiny", " looks\todd ") == (None, "looks odd")
    assert hold(course, "bo", "tiny", "") == ("=odd", "")
    assert held_at(load_held(course), "tiny") == {"ada", "bo"}
    assert path.read_bytes() == (
        b"student;assignment;since;reason\r\nbo;tiny;May;\r\ncy;other;;\r\nada;tiny;;looks odd\r\n"
    )
    hold(course, "bo", "tiny", None)
    hold(course, "ada", "tiny", None)
    assert path.read_bytes() == b"student;assignment;since;reason\r\ncy;other;;\r\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("student,reason\nada,x\n", "no column 'assignment'"),
        ("student,assignment\n../x,tiny\n", "held.csv: line 2: student '../x'"),
        ("student,student,assignment\na,b,tiny\n", "two columns 'student'"),
    ],
)
def test_a_wrong_file_is_named_and_left_as_it_is(course: Course, text: str, told: str) -> None:
    held_path(course).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        load_held(course)
    with pytest.raises(UsageError, match=told):
        hold(course, "ada", "tiny", "x")
    assert held_path(course).read_text(encoding="utf-8") == text
