"""docs/security.md says how many attacks on the desk there are; each says what it tries."""

from __future__ import annotations

import importlib
import inspect
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from tests.kit.files import ROOT

HERE = Path(__file__)
ROW = re.compile(r"^\| `(test_\w+\.py)` \| .+? \| (\d+) \| (\d+) \|$", re.MULTILINE)
LEAST = 40


def modules() -> Iterator[ModuleType]:
    for path in sorted(HERE.parent.glob("test_*.py")):
        if path != HERE:
            yield importlib.import_module(f"{__package__}.{path.stem}")


def attacks_in(module: ModuleType) -> list[Callable[..., None]]:
    return [test for name, test in inspect.getmembers(module) if name.startswith("test_")]


def cases_of(attack: Callable[..., None]) -> int:
    """How often an attack runs, each time with another value."""
    marks = [m for m in getattr(attack, "pytestmark", ()) if m.name == "parametrize"]
    return math.prod(len(list(mark.args[1])) for mark in marks)


def test_the_table_counts_every_attack() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    told = {file: (int(attacks), int(cases)) for file, attacks, cases in ROW.findall(text)}
    found = {
        f"{module.__name__.rpartition('.')[2]}.py": (
            len(attacks_in(module)),
            sum(map(cases_of, attacks_in(module))),
        )
        for module in modules()
    }
    assert told == found
    assert sum(attacks for attacks, _ in found.values()) >= LEAST


def test_every_attack_says_what_it_tries() -> None:
    for module in modules():
        for attack in attacks_in(module):
            said = (attack.__doc__ or "").strip()
            assert said and "\n" not in said, attack.__name__
