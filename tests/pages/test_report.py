"""The class's page has counts, rankings and who needs a look, and nothing on it acts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import grader
from grader.course.roster import Person, Roster
from grader.course.settings import Course
from grader.gradebook.grades import Grade
from grader.gradebook.late import Lateness
from grader.intake.submissions import Submission
from grader.pages.report import report_page
from grader.results import CheckResult, Note, NoteKind, QuestionResult, Status, SubmissionResult
from grader.system.versions import versions_of, with_versions
from tests.kit.course import DUE, ID, release_by_hand
from tests.kit.notebooks import make_cell
from tests.kit.pages import EVIL, Page, assert_inert

TEMPLATES = Path(grader.__file__).parent / "pages" / "templates"


def page_of(
    course: Course,
    grades: Sequence[SubmissionResult],
    submissions: Sequence[Submission] = (),
    roster: Roster | None = None,
) -> Page:
    late = {s.student: Lateness(3600.0, 1) for s in submissions if (s.submitted_at or DUE) > DUE}
    given = [Grade(r, late.get(r.student, Lateness())) for r in grades]
    page = report_page(course, course.assignment(ID), given, submissions, roster)
    return assert_only_sorts(page)


def assert_only_sorts(html: str) -> Page:
    """Check that nothing acts except our one script, which the policy allows by its digest."""
    (text,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert text == (TEMPLATES / "sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    (sources,) = re.findall(r"script-src ([^;]*);", html)
    assert sources == f"'sha256-{digest}'"
    return assert_inert(
        html.replace(f"<script>{text}</script>", "").replace(f"; script-src {sources}", "")
    )


def assert_inert_part(html: str) -> Page:
    """Check that a part of a page brings no tag of a student."""
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= {*"details summary ul li span br bdi".split()}
    return page


def result(
    student: str,
    score: float | None,
    *,
    status: Status = Status.GRADED,
    mistake: str = "",
    notes: tuple[Note, ...] = (),
    why: float | None = 1.0,
) -> SubmissionResult:
    check = CheckResult("test_doubles", f"{EVIL} doubles.", score == 4.0, score or 0.0, 4.0)
    mistakes = (mistake,) if mistake else ()
    questions = (
        QuestionResult("double", score, 4.0, mistakes, (check,), hints=("Look at the factor.",)),
        QuestionResult("why", why, 3.0, manual=True),
    )
    return SubmissionResult(student, ID, status, 9.0, questions, notes)


def words(page: Page) -> str:
    return " ".join(page.text.split())


def test_an_empty_class_has_a_page(course: Course) -> None:
    assert "0 submissions" in words(page_of(course, []))


def test_statuses_and_mean_are_told(course: Course) -> None:
    text = words(
        page_of(
            course,
            [
                result("amy", 4.0),
                result("bob", 2.0),
                result("cyd", None, status=Status.NOT_GRADED),
                result("dan", 0.0, status=Status.REJECTED, why=0.0),
            ],
        )
    )
    assert "4 submissions" in text
    assert "2 graded" in text
    assert "1 rejected" in text
    assert "1 not graded" in text
    assert "2.667 of 9 on average median 3" in text


def test_mistakes_are_ranked_by_how_many_made_them(course: Course) -> None:
    made = ["rare", "often", "often", "often", "some", "some"]
    page = page_of(course, [result(f"s{i}", 1.0, mistake=name) for i, name in enumerate(made)])
    text = words(page)
    assert text.index("often") < text.index("some") < text.index("rare")
    assert "Look at the factor." in text


@pytest.mark.parametrize(
    "given,reason",
    [
        (result("amy", 0.0, why=0.0), "No points at all."),
        (
            result("amy", 4.0, notes=(Note(NoteKind.STOPPED, "The cell 'double' ended."),)),
            "The cell 'double' ended.",
        ),
        (
            result(
                "amy",
                None,
                status=Status.NOT_GRADED,
                notes=(Note(NoteKind.NOT_GRADED, "Not graded: ours"),),
            ),
            "ours",
        ),
    ],
)
def test_who_needs_a_look_is_listed_with_the_reason(
    course: Course, given: SubmissionResult, reason: str
) -> None:
    text = words(page_of(course, [given]))
    assert "Who needs a look" in text
    assert reason in text


@pytest.mark.parametrize(
    "names,sentence", [("a", "1 written answer still has"), ("ab", "2 written answers still have")]
)
def test_written_work_that_waits_is_counted_once_for_the_class(
    course: Course, names: str, sentence: str
) -> None:
    text = words(page_of(course, [result(name, 4.0, why=None) for name in names]))
    assert sentence in text
    assert "Who needs a look" not in text


def test_a_class_without_trouble_needs_no_look(course: Course) -> None:
    assert "Who needs a look" not in words(page_of(course, [result("amy", 4.0)]))


def test_hostile_students_are_escaped_everywhere(course: Course) -> None:
    given = result(EVIL, 1.0, mistake=EVIL, notes=(Note(NoteKind.REPAIRED, EVIL),))
    assert page_of(course, [given]).text.count("{{ 7*7 }}") >= 3


def test_charts_have_a_title_and_a_description(course: Course) -> None:
    page = page_of(course, [result("amy", 4.0), result("bob", 1.0)])
    tags = [tag for tag, _ in page.tags]
    assert tags.count("svg") == tags.count("desc") == 2
    assert all(a.get("role") == "img" for tag, a in page.tags if tag == "svg")
    assert "double: 62 %" in page.text


def handed_in(student: str, hours_late: float) -> Submission:
    return Submission(student, ID, Path("x"), DUE + timedelta(hours=hours_late))


def test_time_of_submission_is_drawn_against_score_and_told(course: Course) -> None:
    grades = [result("amy", 4.0), result("bob", 2.0), result("cyd", 0.0)]
    times = [handed_in("amy", -50), handed_in("bob", -1), handed_in("cyd", 3)]
    page = page_of(course, grades, times)
    assert "3 submissions: 2 on time, 1 late." in words(page)
    assert "2026-01-08 10:00" in page.text


def test_without_times_nothing_is_drawn_of_them(course: Course) -> None:
    assert "on time" not in words(page_of(course, [result("amy", 4.0), result("bob", 4.0)]))


def test_who_handed_in_nothing_and_who_was_not_graded_are_named(course: Course) -> None:
    roster = Roster({n: Person(n, "First", f"Last {n}") for n in ("amy", "bob", "cyd")})
    text = words(page_of(course, [result("amy", 4.0)], [handed_in("bob", -1)], roster))
    assert "1 student of the roster has handed in nothing cydLast cyd, First" in text
    assert "bobLast bob, Firstnot gradedHanded in, but not graded yet" in text
    assert "amyLast amy, First" in text


def test_who_handed_in_nothing_is_folded_with_name_and_id(course: Course) -> None:
    roster = Roster({n: Person(n, EVIL, f"Last {n}") for n in ("bob", "cyd")})
    html = report_page(course, course.assignment(ID), [Grade(result("amy", 4.0))], (), roster)
    (folded,) = re.findall(r"<details class=\"note missing\">.*?</details>", html, re.DOTALL)
    page = assert_inert_part(folded)
    assert "2 students of the roster have handed in nothing" in words(page)
    assert f"cydLast cyd, {EVIL}" in page.text
    assert page.count("li") == 2


def test_the_total_comes_first_and_every_row_has_a_head(course: Course) -> None:
    page = page_of(course, [result("amy", 4.0, mistake="rare"), result("bob", 2.0)])
    heads = [a.get("scope") for tag, a in page.tags if tag == "th"]
    assert heads.count("row") >= 2 + 3 + 2 + 1  # students, questions, mistake and its question
    everyone = words(page).partition("A dash means")[2]
    assert "StudenttotallateHanded in doublesquarewhy amy 5 unknown 4–1" in everyone
    assert page.count("main") == 1


def test_a_note_that_most_of_the_class_has_is_said_once(course: Course) -> None:
    note = Note(NoteKind.UNSAFE, "Graded with --unsafe.")
    grades = [result(f"s{i}", 4.0, notes=(note,)) for i in range(4)]
    text = words(page_of(course, grades))
    assert text.count("Graded with --unsafe.") == 1
    assert "Who needs a look" not in text


def similar_class() -> list[SubmissionResult]:
    """Five different pieces of work, and one of them twice under other names."""
    sources = [f"def double(x):\n    return x.f{i}(x) + {i} * x.g{i} - x.h{i}" for i in range(5)]
    sources.append(sources[0].replace("x", "number") + f"  # {EVIL}")
    cells = [make_cell("double", source, solution=True) for source in sources]
    return [
        replace(result(f"s{i}", 4.0), notebook={"cells": [cell]}) for i, cell in enumerate(cells)
    ]


def test_similar_submissions_are_shown_side_by_side_and_escaped(course: Course) -> None:
    given = [Grade(result) for result in similar_class()]
    release = release_by_hand(course)
    page = assert_only_sorts(report_page(course, course.assignment(ID), given, release=release))
    text = words(page)
    assert "s0 and s5, 10" in text
    assert "return number.f0(number)" in page.text
    assert EVIL in page.text
    assert "not a proof" in text


def test_without_anything_to_compare_there_is_no_such_section(course: Course) -> None:
    assert "Similar" not in words(page_of(course, similar_class()))


def test_a_class_that_was_not_graded_is_listed_by_name(course: Course) -> None:
    note = Note(NoteKind.NOT_GRADED, "Not graded: the kept result cannot be read.")
    grades = [result(f"s{i}", None, status=Status.NOT_GRADED, notes=(note,)) for i in range(4)]
    page = page_of(course, grades)
    assert words(page).count(note.text) == 4
    assert "Nobody has a score yet." in words(page)
    assert "svg" not in [tag for tag, _ in page.tags]


def test_the_same_class_gives_the_same_bytes(course: Course) -> None:
    grades = [Grade(result("amy", 4.0))]
    one, two = (report_page(course, course.assignment(ID), grades) for _ in range(2))
    assert one == two


def test_the_report_names_every_set_of_versions_that_graded_the_class(course: Course) -> None:
    graded = with_versions({"cells": [], "metadata": {}})
    old = deepcopy(graded)
    old["metadata"]["grader"]["versions"]["numpy"] = "1.0"
    results = [
        replace(result(name, 5.0), notebook=notebook)
        for name, notebook in {"amy": graded, "bob": graded, "cy": old}.items()
    ]
    text = page_of(course, results).text
    assert f"Graded with {'; '.join(sorted([versions_of(graded), versions_of(old)]))}." in text
