"""What an attack must leave as it was; what pages, tables and terminals may hold in spite of it."""

from __future__ import annotations

import csv
import io
import json
import re
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
from tests.kit.pages import IMAGES, Page

__all__ = [
    "MAX_GRADER_MIB",
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
    assert judge.leftover_processes() == []


def assert_reports_are_harmless(
    course: Course, hostile: SubmissionResult, honest: SubmissionResult, patch: pytest.MonkeyPatch
) -> Page:
    """Write everything that is made of results; returns the attacker's feedback page."""
    assignment = course.assignment(ID)
    mine, same, other = (Grade(result) for result in (hostile, honest, honest))
    html = feedback_page(course, assignment, mine)
    page = Page(html)
    _assert_nothing_acts(page, Page(feedback_page(course, assignment, same)))
    for tag, name, value in page.attributes:
        assert name != "style" or re.fullmatch(r"width: [\d.]+%", value), (tag, value)
    report = report_page(course, assignment, [mine, other])
    _assert_nothing_acts(Page(report), Page(report_page(course, assignment, [same, other])))
    assert max(len(html), len(report)) < MAX_PAGE_MIB << 20
    column = Column(assignment, {grade.result.student: grade for grade in (mine, other)})
    _assert_no_formulas(assignment_csv(column, None))
    json.loads(results_json(hostile), parse_constant=pytest.fail)
    _assert_plain(_printed(course, [hostile, honest], patch))
    return page


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
