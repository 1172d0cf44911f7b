"""What cells print, collected as notebooks keep it."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from grader.box.bounds import MAX_PIECES
from grader.box.inside.shell import OutputLog, Transformers
from tests.kit.fuzzing import FUZZ


def test_what_comes_after_a_cell_is_no_part_of_its_outputs() -> None:
    log = OutputLog(100)
    log.write("stdout", "the cell's")
    outputs = log.finished()
    log.write("stdout", "a function's, called later")
    assert outputs == [{"output_type": "stream", "name": "stdout", "text": "the cell's"}]


def test_a_cut_is_announced_once_and_later_output_is_dropped() -> None:
    log = OutputLog(1 << 20)
    for _ in range(MAX_PIECES + 1):
        log.add({"output_type": "display_data", "data": {}}, 0)
    log.write("stdout", "more")
    log.write("stdout", "and more")
    *_, last = log.finished()
    assert last == {"output_type": "cut", "mib": 1, "pieces": MAX_PIECES}


FRAGMENTS = (
    "x", " ", "    ", "\t", "\n", "\n\n", "=", "==", "!=", "%", "%%", "!", "!!", "?", "??", ",",
    ";", "/", "ls", "%time f(x)", "f(x)", "if x:", "(", ")", "[", "]", "{", "}", '"', "'", '"""',
    "#", "\\\n", ">>> ", "... ", "In [1]: ", "\r\n", "\x0c", "@", ".", "1", "$", "é",
    "await g()", "\u2028",
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
@settings(max_examples=400 * FUZZ, deadline=None)
@example("a = 5\n%matplotlib inline\nb = a % 3")
@example("files = !ls\nplot?\nplot??  \nf(x) != 3")
@example("x = \\\n%time 1")
@example("if x:\n        x\n    x")
@example("if x:\n    !ls\n    np.dot?")
@example('"""\n%time\n"""\n/f x\n,f a b\n;f a b')
def test_ipython_syntax_is_found_wherever_ipython_finds_it(source: str) -> None:
    def transformed(manager: TransformerManager) -> str:
        try:
            with warnings.catch_warnings(action="ignore"):  # about a line with a strange end
                return str(manager.transform_cell(source))
        except Exception as error:
            return type(error).__name__

    theirs = transformed(TransformerManager())
    # the compiler reports a wrong indent instead of the tokenizer, since it tells the place better
    assert theirs in (transformed(Transformers()), "IndentationError")
