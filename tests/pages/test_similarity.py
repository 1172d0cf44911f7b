"""Planted copies rank first among honest work, which is similar too; nothing breaks it."""

from __future__ import annotations

import copy
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.intake.rebuild import rebuild
from grader.notebook import Cell, Notebook, is_solution, question_of
from grader.pages.similarity import Likeness, compare
from grader.pages.words import words_of_prose
from tests.kit.honest_class import RELEASE, copied, honest
from tests.kit.notebooks import answered

PLANTED = {frozenset({"s03", "copy_a"}), frozenset({"s17", "copy_b"})}


def repaired(notebook: Notebook) -> Notebook:
    found = rebuild(notebook, RELEASE).notebook
    assert found is not None
    return found


def class_of(seed: int, size: int = 40) -> dict[str, Notebook]:
    return {f"s{i:02}": honest(1000 * seed + i) for i in range(size)}


def class_with_copies(seed: int) -> dict[str, Notebook]:
    notebooks = class_of(seed)
    notebooks["copy_a"] = repaired(copied(notebooks["s03"], seed))
    notebooks["copy_b"] = repaired(copied(notebooks["s17"], seed + 1))
    return notebooks


def likeness(notebooks: dict[str, Notebook]) -> Likeness:
    found = compare(RELEASE, notebooks)
    assert found is not None
    return found


def is_answer(cell: Cell, question: str) -> bool:
    return is_solution(cell) and question_of(cell) == question


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_two_hidden_copies_rank_first_with_a_margin(seed: int) -> None:
    """The planted pairs have at least 0.94; none of 859 honest pairs has more than 0.35."""
    pairs = likeness(class_with_copies(seed)).pairs
    assert len(pairs) == 42 * 41 // 2
    assert {frozenset({pair.first, pair.second}) for pair in pairs[:2]} == PLANTED
    assert pairs[1].score > 0.8
    assert pairs[2].score < 0.4


@pytest.mark.slow
def test_a_copy_with_a_text_of_its_own_ranks_first_too() -> None:
    notebooks = class_with_copies(5)
    text = " ".join(random.Random(5).choices("all these words are my very own ones".split(), k=60))
    for cell in notebooks["copy_a"]["cells"]:
        if question_of(cell) == "explain":
            cell["source"] = text
    pairs = likeness(notebooks).pairs
    assert {frozenset({pair.first, pair.second}) for pair in pairs[:2]} == PLANTED


@pytest.mark.slow
def test_one_long_answer_in_common_is_found_by_itself() -> None:
    notebooks = class_with_copies(8)
    theirs = copied(notebooks["s05"], 8)
    (source,) = (c["source"] for c in theirs["cells"] if is_answer(c, "backward"))
    for cell in notebooks["s06"]["cells"]:
        if is_answer(cell, "backward"):
            cell["source"] = source
    found = likeness(notebooks)
    pair = next(pair for pair in found.same_answers if {pair.first, pair.second} == {"s05", "s06"})
    assert pair.question == "backward"
    assert [part.question for part in found.evidence(pair)] == ["backward"]


@pytest.mark.slow
def test_code_that_everybody_writes_makes_nobody_alike() -> None:
    """Thirty students with the same `predict` are as alike as the rest of their work."""
    notebooks = class_with_copies(6)
    same = "def predict(params, X):\n    return np.argmax(forward(params, X)[0], axis=1)"
    for notebook in list(notebooks.values())[:30]:
        for cell in notebook["cells"]:
            if is_answer(cell, "predict"):
                cell["source"] = same
    pairs = likeness(notebooks).pairs
    assert {frozenset({pair.first, pair.second}) for pair in pairs[:2]} == PLANTED
    assert pairs[2].score < 0.4


def test_untouched_submissions_share_nothing() -> None:
    notebooks = {name: copy.deepcopy(RELEASE) for name in "abcd"}
    assert likeness(notebooks).pairs[0].score == 0


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_class_of_two_is_not_compared(size: int) -> None:
    assert compare(RELEASE, class_of(1, size)) is None


@pytest.mark.slow
def test_evidence_names_the_questions_and_marks_the_lines_in_common() -> None:
    found = likeness(class_with_copies(2))
    parts = found.evidence(found.pairs[0])
    assert {part.question for part in parts} >= {"softmax_loss", "backward"}
    for side in next(part for part in parts if part.question == "backward").sides:
        assert sum(line.is_shared for line in side) >= len(side) / 2
        assert not any("left unchanged" in line.text for line in side)  # the released docstring


BROKEN = [
    "def backward(params, X",
    "x = 'never closed\ny = [1, 2\n",
    '"""never closed\nx = 1',
    "  indented\n wrongly\n    and = again",
    "£ ? $ ` \0 \x1b \ud800 €",
    "%matplotlib inline\n!rm -rf /\n?help",
    "(" * 5000,
    ")" * 5000,
    "lambda " * 3000,
    "x = " + "9" * 30_000,
    "\\\n" * 1000,
    "f'{" * 200,
    "a" * 40_000,
    "",
]


@pytest.mark.parametrize("source", BROKEN, ids=range(len(BROKEN)))
def test_text_that_is_not_python_breaks_nothing(source: str) -> None:
    notebooks = class_of(3, 4) | {"evil": answered(RELEASE, backward=source)}
    assert len(likeness(notebooks).pairs) == 10


@pytest.mark.slow
def test_a_copy_of_code_that_does_not_parse_is_found() -> None:
    notebooks = class_with_copies(4)
    for name in ("s03", "copy_a"):
        for cell in notebooks[name]["cells"]:
            if is_solution(cell):
                cell["source"] = cell["source"].replace("return", " return (")
    pairs = likeness(notebooks).pairs
    assert {frozenset({pair.first, pair.second}) for pair in pairs[:2]} == PLANTED


def test_written_answers_are_compared_by_their_words() -> None:
    assert [
        w.text for w in words_of_prose("**(a)** It CAN not—learn.")
    ] == "a it can not learn".split()


@pytest.mark.slow
def test_a_class_of_three_hundred_takes_seconds() -> None:
    notebooks = class_of(7, 300)
    start = time.process_time()
    assert len(likeness(notebooks).pairs) == 44_850
    assert time.process_time() - start < 30  # it takes 2


SCORES = """
from grader.pages.similarity import compare
from tests.kit.honest_class import RELEASE, honest
print(compare(RELEASE, {f"s{i}": honest(3000 + i) for i in range(8)}).scores.tolist())
"""


@pytest.mark.slow
def test_the_same_class_has_the_same_numbers_under_every_hash_seed() -> None:
    root = Path(__file__).parents[2]
    shown = {
        subprocess.run(
            [sys.executable, "-c", SCORES],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(shown) == 1
