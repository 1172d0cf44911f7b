"""What an attack must leave as it was; what pages, tables and terminals may hold in spite of it."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from typing import Any

import pytest

from grader.cli import terminal
from grader.cli.views import show_summary
from grader.course.settings import Course
from grader.export.columns import Column
from grader.export.gradescope import results_json
from grader.export.spreadsheet import assignment_csv
from grader.gradebook.grades import Grade
from grader.grading.batch import Summary
from grader.pages.feedback import feedback_page
from grader.pages.report import report_page
from grader.results import SubmissionResult
from tests.attacks.course import ID
from tests.attacks.world import Judge
from tests.kit.notebooks import make_cell, make_notebook
from tests.kit.pages import IMAGES, Page, nbconvert_page

__all__ = [
    "MAX_GRADER_MIB",
    "assert_formgrader_is_harmless",
    "assert_nothing_happened_outside",
    "assert_reports_are_harmless",
    "shown",
]

MAX_GRADER_MIB = 500
MAX_PAGE_MIB = 12
ACTIVE = set(
    "html head body style meta title script iframe frame object embed applet link base form input "
    "button video audio source track portal template slot dialog math marquee svg foreignobject "
    "animate set use".split()
)
LOADS = set("src srcset href xlink:href data action formaction poster background ping".split())
# what formgrader's scripts and styles go by, and what acts or loads
MARK = re.compile(r"class|id|name|role|style|tabindex|on.*|data.*|aria-.*|" + "|".join(LOADS))
NOTHING = re.compile("")
COLOURS = {
    "class": re.compile(r"[a-z0-9]{1,4}|(ansi-[a-z0-9-]+ ?)+"),
    "style": re.compile(r"(;?(background-)?color: rgb\(\d+,\d+,\d+\);?)+"),
}
NO_FORMULAS = re.compile(r"<(pre|code|script|style)\b.*?</\1>", re.DOTALL)  # MathJax skips them
MACRO = re.compile(r"\\(?:class|cssId|href|style|data|require|mmlToken)\b")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def shown(result: SubmissionResult) -> str:
    """All that a student or an instructor is told, without sources: those may say anything."""
    parts = [*result.note_texts]
    parts += [check.message for question in result.questions for check in question.checks]
    for cell in (result.notebook or {"cells": []})["cells"]:
        for output in cell.get("outputs", ()):
            parts += [output.get("text", ""), output.get("ename", ""), output.get("evalue", "")]
            parts += [output.get("data", {}).get("text/plain", "")]
    return "\n".join(filter(None, parts))


def assert_nothing_happened_outside(judge: Judge, before: dict[str, tuple[Any, ...]]) -> None:
    assert judge.world.snapshot() == before
    assert judge.world.visitors() == []
    assert judge.world.sentinel_state() == "S"
    assert judge.turns() == judge.turns_at_first
    assert judge.leftover_processes() == []


def assert_reports_are_harmless(
    judge: Judge, hostile: SubmissionResult, patch: pytest.MonkeyPatch
) -> Page:
    """Write everything that is made of results; returns the attacker's feedback page."""
    course = judge.world.course
    assignment = course.assignment(ID)
    mine, other = Grade(hostile), Grade(judge.honest)
    html = feedback_page(course, assignment, mine)
    page = Page(html)
    honest_page, honest_report = _honest_pages(judge)
    _assert_nothing_acts(page, honest_page)
    for tag, name, value in page.attributes:
        assert name != "style" or re.fullmatch(r"width: [\d.]+%", value), (tag, value)
    report = report_page(course, assignment, [mine, other])
    _assert_nothing_acts(Page(report), honest_report)
    assert max(len(html), len(report)) < MAX_PAGE_MIB << 20
    column = Column(assignment, {grade.result.student: grade for grade in (mine, other)})
    _assert_no_formulas(assignment_csv(column, None))
    json.loads(results_json(hostile), parse_constant=pytest.fail)
    _assert_plain(_printed(course, [hostile, judge.honest], patch))
    return page


@cache
def _honest_pages(judge: Judge) -> tuple[Page, Page]:
    """The pages of honest work alone: feedback, and the report on two who have done it."""
    course, grade = judge.world.course, Grade(judge.honest)
    assignment = course.assignment(ID)
    pages = (feedback_page(course, assignment, grade), report_page(course, assignment, [grade] * 2))
    return Page(pages[0]), Page(pages[1])


def assert_formgrader_is_harmless(hostile: SubmissionResult) -> None:
    """What formgrader shows has nothing that its scripts or styles could take for their own."""
    assert hostile.notebook is not None
    html = nbconvert_page(hostile.notebook)
    page, (own, scripts) = Page(html), _own_marks()
    assert page.count("script") == scripts
    assert not [tag for tag in ("iframe", "object", "embed", "form", "nav") if page.count(tag)]
    for mark in page.attributes:
        assert not MARK.fullmatch(mark[1]) or mark in own or _is_plain(*mark), mark
    assert not MACRO.search(NO_FORMULAS.sub("", html))


def _is_plain(tag: str, name: str, value: str) -> bool:
    """Whether an attribute is only a colour, a place on the page, or a link or image of its own."""
    if (tag, name) == ("a", "href"):
        return value.startswith(("http:", "https:", "mailto:"))
    if (tag, name) == ("img", "src"):
        return value.startswith(IMAGES)
    if (tag, name) == ("div", "id"):
        return value.startswith("cell-id=")
    return tag == "span" and COLOURS.get(name, NOTHING).fullmatch(value) is not None


@cache
def _own_marks() -> tuple[set[tuple[str, str, str]], int]:
    """What the page of a notebook with every kind of output has by itself; and its scripts."""
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["E: v"]}
    streams = [
        {"output_type": "stream", "name": name, "text": "x"} for name in ("stdout", "stderr")
    ]
    kinds = ("text/html", "text/latex", "text/markdown", "image/png", "image/svg+xml", "text/plain")
    shown = [{"output_type": "display_data", "metadata": {}, "data": {kind: "x"}} for kind in kinds]
    values = [{**each, "output_type": "execute_result", "execution_count": 1} for each in shown]
    code = {**make_cell("c", "x = 1"), "outputs": [error, *streams, *shown, *values]}
    cells = (make_cell("m", "x", "markdown"), make_cell("n", "x", "raw"), make_cell("o", "1"), code)
    page = Page(nbconvert_page(make_notebook(*cells)))
    return set(page.attributes), page.count("script")


def _assert_nothing_acts(page: Page, harmless: Page) -> None:
    """A page has no more of what acts or loads than the same page of an honest student."""
    for tag in ACTIVE:
        assert page.count(tag) == harmless.count(tag), tag
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in LOADS:
            images = IMAGES if (tag, name) == ("img", "src") else IMAGES[:1]
            assert value.startswith(("#", *images)), (tag, name, value)
    policies = [value for tag, name, value in page.attributes if (tag, name) == ("meta", "content")]
    assert any(p.startswith("default-src 'none'; img-src data:") for p in policies), policies


def _assert_no_formulas(table: str) -> None:
    for row in csv.reader(io.StringIO(table, newline=""), strict=True):
        for cell in row:
            is_formula = cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert NUMBER.fullmatch(cell) or not is_formula, cell


def _printed(course: Course, results: list[SubmissionResult], patch: pytest.MonkeyPatch) -> str:
    """What `grader autograde` prints about these results."""
    patch.setattr(terminal.out, "width", 200)
    with terminal.out.capture() as screen:
        with terminal.TERMINAL.progress(len(results), ID) as advance:
            for result in results:
                advance(result)
        show_summary(Summary(course.assignment(ID), results=results))
    return screen.get()


def _assert_plain(text: str) -> None:
    assert not [char for char in text if not char.isprintable() and char != "\n"], repr(text)
