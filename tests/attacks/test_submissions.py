"""Every attack on intake and reports: rejected with a reason, or harmless in all that we write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from markupsafe import Markup

from grader.intake.submissions import Submission, find_submissions
from grader.pages import charts, report
from grader.results import Status, SubmissionResult
from tests.attacks.course import ID, POINTS, SECRET
from tests.attacks.file_attacks import HandedIn, load_submissions
from tests.attacks.harmless import (
    MAX_GRADER_MIB,
    assert_formgrader_is_harmless,
    assert_nothing_happened_outside,
    assert_reports_are_harmless,
    shown,
)
from tests.attacks.world import Judge
from tests.kit.results import scores

ATTACKS = load_submissions()
MAX_SECONDS = 30  # of processor time; nothing here is slow by intent


@pytest.fixture
def honest(judge: Judge) -> SubmissionResult:
    """What the honest notebook got that lies beside the attacker's."""
    return judge.honest


@pytest.fixture(scope="module")
def shown_once() -> set[str]:
    """The attacks that formgrader's page has shown already."""
    return set()


@pytest.fixture(scope="module", autouse=True)
def drawn_once() -> Iterator[None]:
    """The same numbers make the same chart, and nothing of an attack is drawn but its score."""
    drawn: dict[str, Markup] = {}

    def once(draw: Callable[..., Markup]) -> Callable[..., Markup]:
        def chart(*arguments: object) -> Markup:
            key = f"{draw.__name__}{arguments!r}"
            if key not in drawn:
                drawn[key] = draw(*arguments)
            return drawn[key]

        return chart

    with pytest.MonkeyPatch.context() as patch:
        for draw in (charts.histogram, charts.bar_chart):
            patch.setattr(report, draw.__name__, once(draw))
        yield


@pytest.fixture(params=ATTACKS, ids=lambda attack: attack.name)
def attack(request: pytest.FixtureRequest, judge: Judge, honest: SubmissionResult) -> HandedIn:
    found: HandedIn = request.param
    return found


@pytest.fixture
def submission(attack: HandedIn, judge: Judge) -> Iterator[Submission]:
    """The attack, handed in."""
    course = judge.world.course
    folder = course.submitted_dir / attack.student / ID
    folder.mkdir(parents=True)
    attack.hand_in(folder, course.submitted_dir / "honest" / ID / f"{ID}.ipynb")
    (listed,) = (
        found for found in find_submissions(course, ID) if attack.student in found.path.parts
    )
    yield listed
    remove(folder.parent)


def remove(path: Path) -> None:
    path.unlink() if path.is_symlink() else shutil.rmtree(path)


def test_what_was_handed_in_harms_nobody(
    attack: HandedIn,
    submission: Submission,
    judge: Judge,
    honest: SubmissionResult,
    shown_once: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = judge.world.snapshot()
    judge.forget_peak_memory()
    used_s = judge.processor_s()
    result = judge.grade(submission)
    seconds = judge.processor_s() - used_s

    if attack.earned is None:
        assert (result.status, result.score) == (Status.REJECTED, 0.0), shown(result)
    else:
        assert (result.status, scores(result)) == (Status.GRADED, attack.earned), shown(result)
    assert SECRET not in result.to_json()
    assert_nothing_happened_outside(judge, before)
    assert judge.peak_memory_mib() < MAX_GRADER_MIB
    assert seconds < MAX_SECONDS
    page = assert_reports_are_harmless(judge, result, monkeypatch)
    assert re.search(attack.evidence, page.text), page.text[-3000:]
    if attack.name.startswith("report_") and attack.name not in shown_once:
        shown_once.add(attack.name)  # on every tier it is the same
        assert_formgrader_is_harmless(result)
    assert judge.grade_honest() == honest


def test_honest_work_gets_full_marks(honest: SubmissionResult) -> None:
    assert scores(honest) == POINTS


def test_every_attack_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 15
    assert [attack.name for attack in ATTACKS if not attack.claim.endswith(".")] == []
