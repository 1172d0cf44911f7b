"""`benchmarks/lottery.py` names the answers whose score depends on who hands them in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.course.settings import Course
from grader.judge.catalogue import Catalogue
from tests.kit.course import ID, release_by_hand

BENCHMARKS = Path(grader.__file__).parents[1] / "benchmarks"
VARIANTS = """\
from grader.judge.catalogue import Alternative, Mistake
MISTAKES = [
    Mistake("double.lucky", "double", code="def double(x):\\n    return 2 * x if x > 0 else 0.0"),
    Mistake("double.same", "double", code="def double(x):\\n    return x + x"),
]
ALTERNATIVES = [Alternative("double.triple", "double", "def double(x):\\n    return 3 * x")]
"""


def lottery(course: Course, students: int, variants: str) -> tuple[int, dict[str, Any]]:
    release_by_hand(course)
    path = course.root / "variants.py"
    path.write_text(variants, encoding="utf-8")
    command = [sys.executable, str(BENCHMARKS / "lottery.py"), "--course", str(course.root)]
    command += ["--students", str(students), "--variants", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)[ID]


@pytest.mark.slow
def test_an_answer_that_luck_decides_is_named_with_checks_and_students(course: Course) -> None:
    code, found = lottery(course, 8, VARIANTS)
    assert code == 1
    assert found["variants"] == {"solution": 1, "mistake": 2, "alternative": 1}
    assert found["differing"] == 1
    ((name, groups),) = found["differ"].items()
    assert name == "double.lucky"
    assert set(groups) == {"test_doubles", "none"}
    students = [student for group in groups.values() for student in group]
    assert sorted(students) == [f"proof-{number}" for number in range(1, 9)]
    assert found["mistakes_that_lose_nothing"] == ["double.same"]
    assert found["alternatives_that_lose"] == ["double.triple"]


@pytest.mark.slow
def test_without_differences_the_benchmark_succeeds(course: Course) -> None:
    code, found = lottery(course, 2, "")
    assert (code, found["variants"], found["differing"]) == (0, {"solution": 1}, 0)
    assert found["students"] == 2


def test_there_are_variants_of_our_own_for_each_assignment() -> None:
    for path in (BENCHMARKS / "lottery_variants").glob("*.py"):
        catalogue = Catalogue.from_source(path.read_text(encoding="utf-8"))
        assert len(catalogue.mistakes) >= 15
        assert len(catalogue.alternatives) >= 3
