"""What pages, tables and terminals may hold, whatever a student wrote."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from attack_course import ID
from rich.console import Console

from grader.cli import terminal, views
from grader.course.settings import Course
from grader.export.columns import Column
from grader.export.gradescope import results_json
from grader.export.spreadsheet import assignment_csv
from grader.gradebook.grades import Grade
from grader.grading.batch import Summary
from grader.pages.feedback import feedback_page
from grader.pages.report import report_page
from grader.results import SubmissionResult

__all__ = ["Page", "assert_reports_are_harmless"]

MAX_PAGE_MIB = 12
ACTIVE = set(
    "html head body style meta title script iframe frame object embed applet link base form input "
    "button video audio source track portal template slot dialog math marquee svg foreignobject "
    "animate set use".split()
)
LOADS = set("src srcset href xlink:href data action formaction poster background ping".split())
NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.pieces: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


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
        assert page.tags[tag] == harmless.tags[tag], tag
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in LOADS:
            assert value.startswith(("#", "data:image/png;base64,")), (tag, name, value)
    policies = [value for tag, name, value in page.attributes if (tag, name) == ("meta", "content")]
    assert any(p.startswith("default-src 'none'; img-src data:") for p in policies), policies


def _assert_no_formulas(table: str) -> None:
    for row in csv.reader(io.StringIO(table, newline=""), strict=True):
        for cell in row:
            is_formula = cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert NUMBER.fullmatch(cell) or not is_formula, cell


def _printed(course: Course, results: list[SubmissionResult], patch: pytest.MonkeyPatch) -> str:
    """What `grader autograde` prints about these results."""
    screen = io.StringIO()
    patch.setattr(terminal, "out", Console(file=screen, width=200, highlight=False))
    with terminal.TERMINAL.progress(len(results), ID) as advance:
        for result in results:
            advance(result)
    views.show_summary(Summary(course.assignment(ID), results=results))
    return screen.getvalue()


def _assert_plain(text: str) -> None:
    assert not [char for char in text if not char.isprintable() and char != "\n"], repr(text)
