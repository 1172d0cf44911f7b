"""Points and due date, from course.yml into the texts of a notebook, and out of comparisons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Course
from grader.course.terms import without_terms, write_terms
from grader.locale import translations
from grader.notebook import Cell
from tests.kit.course import COURSE_YML, make_source
from tests.kit.notebooks import make_cell
from tests.kit.pseudo import LANGUAGE, pseudo, write_translation

DUE = "due 2026-01-10 12:00 (UTC)"


def written(root: Path, cells: list[Cell], old: str = "", new: str = "") -> list[str]:
    """The texts after the terms were written, with one change in course.yml."""
    assert old in COURSE_YML
    (root / "course.yml").write_text(COURSE_YML.replace(old, new), encoding="utf-8")
    course = Course.load(root)
    write_terms(cells, course, course.assignment("tiny"))
    return [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]


def text(source: str, **marks: Any) -> Cell:
    return make_cell("text", source, "markdown", **marks)


def with_texts(**before: Cell) -> list[Cell]:
    """The tiny notebook with texts before the cells of these names."""
    cells = []
    for cell in make_source()["cells"]:
        cells += [before[cell["id"]]] if cell["id"] in before else []
        cells.append(cell)
    return cells


def test_each_question_has_its_points_and_due_date_below_its_heading(tmp_path: Path) -> None:
    cells = with_texts(double=text("## 1. Double\n\nTwice."), why=text("## 3. Why?\nSay it."))
    cells.insert(5, text("## 2. Square"))
    title, double, square, why, answer = written(tmp_path, cells)
    assert title == f"# Tiny\n\n*9 points, {DUE}*"
    assert double == f"## 1. Double\n\n*4 points, {DUE}*\n\nTwice."
    assert square == f"## 2. Square\n\n*2 points, {DUE}*"
    assert why == f"## 3. Why?\n\n*3 points, {DUE}*\n\nSay it."
    assert answer == "Because the answer is known."


def test_questions_under_one_heading_have_their_points_added_up(tmp_path: Path) -> None:
    cells = with_texts(double=text("## Two functions"))
    assert written(tmp_path, cells)[1] == f"## Two functions\n\n*9 points, {DUE}*"


def test_the_last_heading_of_a_text_counts_and_code_is_none(tmp_path: Path) -> None:
    source = "## Part\n\n### Double\n\n```python\n# twice\n```"
    cells = with_texts(double=text(source), square=text("No heading"))
    assert (
        f"### Double\n\n*6 points, {DUE}*\n\n```python\n# twice"
        in written(tmp_path, cells, "      why: {points: 3, manual: true}\n")[1]
    )


def test_a_question_without_a_heading_changes_no_text(tmp_path: Path) -> None:
    cells = make_source()["cells"][1:]
    assert written(tmp_path, cells) == ["Because the answer is known."]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("    due: 2026-01-10T12:00:00+00:00\n", "", "*9 points*"),
        ("double: 4", "double: 1.5", f"*6.5 points, {DUE}*"),
        ("12:00:00+00:00", "12:00:00+02:00", "*9 points, due 2026-01-10 12:00 (UTC+02:00)*"),
        ("seed: 7", "seed: 7\ntime_zone: Asia/Tokyo", "due 2026-01-10 21:00 (Asia/Tokyo)*"),
    ],
)
def test_terms_follow_course_yml(tmp_path: Path, old: str, new: str, shown: str) -> None:
    assert shown in written(tmp_path, make_source()["cells"], old, new)[0]


def test_one_point_is_not_many(tmp_path: Path) -> None:
    cells = with_texts(double=text("## Double"), square=text("## Square"), why=text("## Why"))
    assert "*1 point, due" in written(tmp_path, cells, "square: 2", "square: 1")[2]


def test_terms_are_in_the_language_of_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_translation(tmp_path)
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    title = written(tmp_path, make_source()["cells"], "seed: 7", f"seed: 7\nlanguage: {LANGUAGE}")[
        0
    ]
    said = pseudo("{points:g} points, due {time} ({zone})")
    assert title.endswith(f"*{said.format(points=9, time='2026-01-10 12:00', zone='UTC')}*")
    assert without_terms(title) == "# Tiny\n"


@pytest.mark.parametrize("source", ["## Double", "## Double\n\nTwice.", "## Double\nTwice."])
def test_texts_are_compared_without_terms(tmp_path: Path, source: str) -> None:
    new = written(tmp_path, with_texts(double=text(source)))[1]
    assert new != source
    assert without_terms(new) == without_terms(source)


@pytest.mark.parametrize(
    "source", ["*4 points*", "## Why\n\n*Because.*\n", "## Why\nBecause *4* is even.\n"]
)
def test_nothing_else_is_left_out_of_a_comparison(source: str) -> None:
    assert without_terms(source).replace("\n", "") == source.replace("\n", "")
