"""Each score goes into the right row and column of an exported file."""

from __future__ import annotations

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from tests.kit.lms import CANVAS, filled


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "Tiny (78)",
            "Small (78)",
            "no column is named 'Tiny'; set lms_name of tiny in course.yml",
        ),
        ("Warm-up (77)", "Tiny (77)", "several columns are named 'Tiny'"),
        (",9.00,", ",(read only),", "column 'Tiny (78)' is read-only in Canvas"),
        ("Section", "Group", "line 1: no columns Student, ID and Section"),
    ],
)
def test_a_gradebook_that_does_not_fit_is_one_line(
    graded_course: Course, old: str, new: str, words: str
) -> None:
    with pytest.raises(UsageError) as refused:
        filled(graded_course, "canvas", CANVAS.replace(old, new, 1))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_course_yml_may_name_the_column(graded_course: Course) -> None:
    path = graded_course.root / "course.yml"
    path.write_text(path.read_text().replace("title: Tiny", "title: X\n    lms_name: Warm-up (77)"))
    rows, _ = filled(Course.load(graded_course.root), "canvas", CANVAS)
    assert [row[6] for row in rows if row[1] == "501"] == ["5.5"]


def test_a_row_that_names_two_students_is_left_as_it_is(graded_course: Course) -> None:
    text = CANVAS.replace("777,S2,szabo", "777,S2,lovelace")
    rows, exported = filled(graded_course, "canvas", text)
    assert [row[7] for row in rows if row[1] == "777"] == [""]
    assert "line 5: it names ada and bela; left as it is" in exported.remarks
