"""Classes of forty with ten nasty rosters: everyone is found or listed, and nobody is confused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.classes import NASTY, SYSTEMS, tally
from tests.kit.marks import first_is_fast


@pytest.mark.parametrize("nasty", first_is_fast(NASTY))
@pytest.mark.parametrize(
    ("system", "language"),
    first_is_fast([("moodle", "zh"), *((system, "en") for system in SYSTEMS)]),
)
def test_everyone_is_found_or_listed(
    tmp_path: Path, system: str, language: str, nasty: str
) -> None:
    counts = tally(system, language, nasty, tmp_path)
    assert (counts.confused, counts.lost) == ([], [])
    if nasty in ("as it should be", "NFC and NFD", "other case", "half hand in nothing"):
        assert counts.listed == []
