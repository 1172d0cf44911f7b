"""The catalogues' mistakes as students' answers; each is judged once, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import SOLUTIONS, Trial, Trials

from grader.judge.catalogue import Mistake

CATALOGUES = sorted(SOLUTIONS.glob("*/mistakes.py"))

Judged = Callable[[str, Mistake], Trial]


@pytest.fixture(scope="session")
def benches() -> Iterator[dict[str, Trials]]:
    """What judges the answers, for each assignment with a catalogue."""
    with TemporaryDirectory() as folder:
        folders = {path.parent.name: Path(folder, path.parent.name) for path in CATALOGUES}
        for own in folders.values():
            own.mkdir()
        yield {name: Trials(name, own) for name, own in folders.items()}


@pytest.fixture(scope="session")
def judged(benches: dict[str, Trials]) -> Judged:
    """How a mistake of an assignment was judged."""

    @cache
    def of(name: str, mistake_id: str) -> Trial:
        (mistake,) = (m for m in benches[name].catalogue.mistakes if m.id == mistake_id)
        return benches[name].judge(mistake.question, mistake.code)

    return lambda name, mistake: of(name, mistake.id)
