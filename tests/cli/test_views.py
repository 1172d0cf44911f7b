"""The summary that a run prints at its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.cli.views import (
    show_build,
    show_checks,
    show_given,
    show_new_course,
    show_summary,
)
from grader.export.giving.give_back import Given
from grader.grading.batch import Summary
from grader.grading.visible_checks import CheckedQuestion
from grader.locale import translations
from grader.locale.translations import in_language
from grader.release.build import BuildReport
from grader.release.new_course import NewCourse
from grader.release.proof import Proof, Row
from grader.results import Status, SubmissionResult
from tests.kit.course import ID, make_result, write_course
from tests.kit.pseudo import LANGUAGE, pseudo, write_translation

EMPTY: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def summary(root: Path, capsys: pytest.CaptureFixture[str], *results: SubmissionResult) -> str:
    show_summary(Summary(write_course(root).assignment(ID), results=list(results)))
    return capsys.readouterr().out


def graded(student: str, score: float, **before: float) -> SubmissionResult:
    return replace(make_result(student, EMPTY, double=score), previous_scores=before)


def test_only_scores_that_changed_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = replace(graded("eve", 0.0, double=4.0), status=Status.NOT_GRADED)
    told = summary(
        tmp_path,
        capsys,
        graded("[b]ada", 4.0, double=2.5, square=1.0),
        graded("bob", 4.0, double=4.0),
        graded("new", 4.0),
        failed,
    )
    assert told.endswith("scores that changed since the last grading: [b]ada 3.5 → 4, eve 4 → –\n")


def test_nothing_is_said_where_nothing_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "changed" not in summary(
        tmp_path, capsys, graded("ada", 4.0), graded("bob", 1, double=1)
    )


def test_of_many_changes_the_first_ten_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = summary(tmp_path, capsys, *(graded(f"s{n:02}", 4.0, double=1.0) for n in range(12)))
    assert told.rstrip().endswith("s09 1 → 4, and 2 more")


def test_points_that_a_human_gave_wait_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = [make_result(student, EMPTY, double=4.0, why=None) for student in ("ada", "bob")]
    assignment = write_course(tmp_path).assignment(ID)
    show_summary(Summary(assignment, results=results, by_hand={"ada": {"why": 3.0}}))
    told = capsys.readouterr().out
    assert "mean 5.5" in told
    assert told.endswith(
        "answers that wait for points by hand, at the desk (grader serve) or in formgrader "
        "(jupyter lab): 1 of why\n"
    )


def test_pages_that_nobody_can_get_are_not_called_old(capsys: pytest.CaptureFixture[str]) -> None:
    show_given(Given("mail"))
    assert capsys.readouterr().out == "no page is new or changed\n"
    show_given(Given("mail", problems={"ada": "no address"}))
    assert capsys.readouterr().out == "no page that can be given is new or changed\n"


def test_the_folder_of_a_new_course_is_no_option_of_the_next_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    show_new_course(NewCourse(write_course(tmp_path)), Path("-nets"))
    assert "  cd ./-nets\n" in capsys.readouterr().out


def test_names_of_questions_are_whole_in_a_pipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "numerical_gradient_of_it"
    show_build(BuildReport(ID, tmp_path, (), Proof((Row(name, 10, 10, 100, 10, 8, ""),)), True))
    assert f"\n  {name}  " in capsys.readouterr().out


def test_a_build_says_as_how_many_students_its_variants_were_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"a": 8, "b": 24, "c": 8}
    rows = tuple(Row(name, 1, 1, 1, 0, students, "") for name, students in counts.items())
    show_build(BuildReport(ID, tmp_path, (), Proof(rows), True))
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == ["  each as 8 students: a, c", "  each as 24 students: b"]


def test_visible_checks_are_told_in_the_language_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_translation(tmp_path)
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    with in_language(LANGUAGE):
        show_checks([CheckedQuestion("double", 4.0, True), CheckedQuestion("[b]", 1.0, False)])
    lines = capsys.readouterr().out.splitlines()
    worth = pseudo("{question} (points: {points:g})")
    total = pseudo("{passed} of {count} visible checks pass. Hidden checks decide the grade.")
    assert lines == [
        f"✓ {worth.format(question='double', points=4)}",
        f"✗ {worth.format(question='[b]', points=1)}",
        total.format(passed=1, count=2),
    ]


def test_visible_checks_that_fail_in_a_row_for_one_reason_share_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_checks(
        [
            CheckedQuestion("a", 4.0, True),
            CheckedQuestion("b", 4.0, False, "the helper file is missing"),
            CheckedQuestion("c", 1.0, False, "the helper file is missing"),
            CheckedQuestion("d", 1.0, False, "not started"),
        ]
    )
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "✓ a (points: 4)",
        "✗ b (points: 4)",
        "✗ c (points: 1)",
        "    2 checks fail for one reason: the helper file is missing",
        "✗ d (points: 1)",
        "    not started",
    ]
