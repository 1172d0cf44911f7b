"""No part of a solution is in the files that students get."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from grader.notebook import Notebook
from grader.release import leaks
from tests.kit.net import FORWARD, HELPER, HIDDEN_TESTS, MISTAKES, change, notebook, released
from tests.kit.notebooks import make_cell


def leaks_of(source: Notebook, helpers: dict[str, bytes] | None = None) -> list[str]:
    release = released(source)
    secret = leaks.secrets(notebook(), release, HIDDEN_TESTS, MISTAKES)
    return leaks.find_leaks(secret, leaks.passages(release, "net.ipynb", helpers or {}))


def test_a_clean_release_shows_nothing():
    assert leaks_of(notebook(), {"helper.py": HELPER.encode()}) == []


SOLUTION_LINES = [
    "hidden = np.maximum(0, X @ W1 + b1)",
    "  hidden=np.maximum( 0,X@W1+b1 ,)",
    "hidden = np.maximum(\n    0,\n    X @ W1 + b1,\n)",
    "scores = hidden @ params['W2'] + params['b2']",
    'hidden @ params["W2"]',
    "y = np.maximum(0, X @ W1 + b1)",
    "A row maximum keeps every exponent at\nor below zero.",
]
TEST_LINES = [
    'params |= {"W2": rng.normal(size=(7, 3)), "b2": rng.normal(size=3)}',
    'assert_close(scores, reference.forward(params, X)[0], "scores")',
    "see test_forward_scores",
    "from hidden_tests import test_both_work",
]
MISTAKE_LINES = [
    'hidden = X @ params["W1"] + params["b1"]',
    "Look at the hidden layer: which values of it can a ReLU never give?",
    "forward.no_relu",
    "mistakes.py",
]


@pytest.mark.parametrize("line", SOLUTION_LINES + TEST_LINES + MISTAKE_LINES)
def test_a_secret_line_is_found_wherever_it_is_pasted(line):
    commented = "\n".join(f"# {part}" for part in line.split("\n"))
    stub = FORWARD.replace(
        "    ### BEGIN", "    " + commented.replace("\n", "\n    ") + "\n    ### BEGIN"
    )
    quoted = "\n".join(f"> {part}" for part in line.split("\n"))
    tags = change("setup", metadata={"tags": [line]})
    attached = {"a.txt": {"text/plain": base64.b64encode(line.encode()).decode()}}
    for source in (
        change("title", source=f"# Title\n\nHint: `{line}`. More."),
        change("title", source=f"```python\n{line}\n```"),
        change("title", source=f"1. {line}\n"),
        change("title", source=quoted),
        change("test_both", source=f"x = 1\n{commented}\nassert x"),
        change("test_both", source=f"if True:\n    {line}"),
        change("forward", source=stub),
        change("forward", source=FORWARD.replace("Scores of", f"{line}\n\nScores of")),
        change("title", attachments=attached),
        tags,
    ):
        assert leaks_of(source), source["cells"]


@pytest.mark.parametrize("line", SOLUTION_LINES + TEST_LINES + MISTAKE_LINES)
def test_a_secret_line_is_found_in_helper_files(line, tmp_path):
    np.savez_compressed(tmp_path / "data.npz", note=np.frombuffer(line.encode(), np.uint8))
    assert leaks_of(notebook(), {"helper.py": f"def f():\n    {line}\n".encode()})
    assert leaks_of(notebook(), {"notes.md": f"- {line}\n".encode()})
    assert leaks_of(notebook(), {"data.npz": (tmp_path / "data.npz").read_bytes()})
    assert leaks_of(notebook(), {"x.bin": b"\xff\x00" + line.encode() + b"\x00\xfe"})


def test_a_leak_is_told_with_place_origin_and_remedy():
    source = change("title", source="Use `hidden = np.maximum(0, X @ W1 + b1)`.")
    assert leaks_of(source) == [
        "net.ipynb: cell 'title': shows the solution of 'forward': "
        "'hidden = np.maximum(0, X @ W1 + b1)'; reword or remove it there"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np",
        "return scores, hidden",
        'W1, b1 = params["W1"], params["b1"]',
        "scores, hidden = forward(params, X)",
        "The scores of every row are affine → ReLU → affine.",
        "hidden scores",
        "scores.shape",
        "raise NotImplementedError()",
    ],
)
def test_what_everybody_writes_is_no_leak(line):
    assert leaks_of(change("title", source=f"```\n{line}\n```")) == []
    assert leaks_of(change("test_both", source=line)) == []


def test_short_formulas_in_mathematics_and_longer_lines_are_no_leaks():
    source = notebook()
    source["cells"][2]["source"] = FORWARD.replace("return scores", "q = x + y\n    return scores")
    secret = leaks.secrets(source, released(source), HIDDEN_TESTS, "")

    def found(prose: str) -> list[str]:
        cell = make_cell("title", prose, "markdown")
        return leaks.find_leaks(secret, leaks.passages({"cells": [cell]}, "n", {}))

    assert found("With $q = x + y$ the chain rule gives more.") == []
    assert found("q = x + y * z") == []
    assert found("Write q = x + y, then go on.")
