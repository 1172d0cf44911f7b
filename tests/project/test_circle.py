"""The whole circle for each system: everyone found, nobody confused, all back to their owners."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.canvas_circle import canvas_circle
from tests.kit.circle import SYSTEMS, Counts, Graded, circle, graded_class
from tests.kit.classes import NASTY

GOOD = "as it should be"
STRICT = [GOOD, "NFC and NFD", "other case"]  # rosters with which nobody may be left out
# Each nasty roster with another system; `python benchmarks/circle.py` tries each with all.
ROTATED = [*zip(list(NASTY)[1:], list(SYSTEMS)[1:], strict=False)]
ROTATED += [("same names", "Moodle, teams"), ("dropped students", "groups.csv")]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Results of forty students, graded once in real boxes."""
    return graded_class(tmp_path_factory.mktemp("graded"))


def assert_nobody_is_confused(counts: Counts) -> None:
    assert (counts.confused, counts.lost) == ([], [])
    assert set(counts.handed_in) == {*counts.found, *counts.listed}


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_forty_students_get_their_own_pages_and_scores(
    graded: Graded, tmp_path: Path, system: str
) -> None:
    counts = circle(SYSTEMS[system], GOOD, graded, tmp_path)
    assert_nobody_is_confused(counts)
    assert counts.listed == []
    assert len(set(counts.pages)) == len(set(counts.scores)) == 40


@pytest.mark.slow
@pytest.mark.parametrize(("nasty", "system"), ROTATED)
def test_a_nasty_roster_confuses_nobody(
    graded: Graded, tmp_path: Path, system: str, nasty: str
) -> None:
    counts = circle(SYSTEMS[system], nasty, graded, tmp_path)
    assert_nobody_is_confused(counts)
    assert counts.pages and counts.scores
    if nasty in STRICT:
        assert counts.listed == [] and len(counts.pages) == len(counts.scores) == 40


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nasty", "is_anonymous"), [(GOOD, False), ("same names", True), ("two accounts", True)]
)
def test_canvas_itself_gets_every_page_and_score_back(
    graded: Graded, tmp_path: Path, nasty: str, is_anonymous: bool
) -> None:
    counts = canvas_circle(nasty, graded, tmp_path, is_anonymous=is_anonymous)
    assert_nobody_is_confused(counts)
    assert len(set(counts.pages)) == len(set(counts.scores)) == 40
