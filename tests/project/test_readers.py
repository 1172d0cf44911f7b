"""What reads a submission outside the box takes a bounded time, whatever is in it.

Each reader gets texts that repeat a short piece, in sizes that grow, up to what a submission may
hold. Times are processor times of this process, so that a busy machine does not matter.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.box.client import CallRequest, CellOutcome
from grader.box.needs import Needs
from grader.box.outputs import clean_outputs
from grader.errors import UsageError
from grader.intake.naming.recognised import recognised
from grader.intake.pictures import illustrated
from grader.intake.rebuild import rebuild
from grader.nbgrader_plugins import clean_html, markdown_to_html
from grader.notebook import error_text, loads
from grader.pages.code import highlighted
from grader.pages.rendering import Allowance, safe_html, safe_markdown
from grader.pages.words import words_of_code, words_of_prose
from tests.kit.fuzzing import FUZZ
from tests.kit.marks import first_is_fast
from tests.kit.notebooks import make_cell, make_notebook

SIZES = (1 << 13, 1 << 15, 1 << 17)  # characters
MOST_S = 15.0
SLACK_S = 1.0  # by which a time may be more than in proportion
CELLS = 8  # of a page, with the same text in each
LONG_NAME = 350  # characters; an archive's may have 400

PIECES = [
    *(" ", "\t", "\n", "[", "![", "]", "(", "*", "*a ", "_a", "`", "<", ">", "> ", "- ", "$"),
    *("$$a", "[a](", "a**b", "[a]: b\n", "<a", "<!--", "<![CDATA[", "&", "\\", "|", "|a", "~", "#"),
    *("1. a\n", "<http:", "a[", '[a](b "', "*_", "\\begin{a}", "|x\n", "<div>", "<ul><li>", "<b>"),
    *("<div><table></div></table>", "<b x>", "lambda: 0\n", "lambda: ", "f(", "a = 1\n", "'"),
    *("<ipython-input-", "attachment:", "![a](attachment:", "<img src=", "\x1b[", "\x1b[0;", "\r"),
    *("def f(): pass\n", "if x:\n ", "%%x\n", "%x\n", "!x\n", "from a import *\n", "x.", '"""'),
    *("\\class", "0", "0.", "{", "@", "#a\n", "\u0301", "-", "not ", "a,", "[[", "|-", "é"),
    *("[x for x in ", "$a "),
]  # fmt: skip


RELEASE = make_notebook(
    make_cell("m", "# Tiny", "markdown"),
    make_cell("double", "def double(x):\n    pass", solution=True),
    make_cell("why", "Because", "markdown", solution=True),
)


def table(piece: str, size: int) -> str:
    """A head with many columns above many rows with one."""
    columns = int((size / 8) ** 0.5)
    return "|a" * columns + "|\n" + "|-" * columns + "|\n" + f"|{piece}\n" * (size // 4)


def in_needs(text: str) -> None:
    needs = Needs([text[:150_000], "def f(): pass"])
    needs.of("f")
    needs.undone_by("f")


def in_formgrader(text: str, cells: int = 1) -> None:
    context: dict[str, Any] = {"cell": {}, "resources": {}}
    for _ in range(cells):
        clean_html(context, markdown_to_html(context, text))
        clean_html(context, text)


def in_feedback(text: str, cells: int = 1) -> None:
    allowance = Allowance()
    for _ in range(cells):
        safe_markdown(text, allowance)
        safe_html(text, allowance)


def in_errors(text: str) -> None:
    output = {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}
    error_text(clean_outputs([output])[0])
    CellOutcome(ok=False, outputs=(output,)).error  # noqa: B018 — a property
    CallRequest(text, [], {})


def in_outputs(text: str) -> None:
    data = {"text/plain": text, "text/html": text, "text/latex": text, "image/png": text}
    stream = {"output_type": "stream", "name": "stdout", "text": text}
    clean_outputs([stream, {"output_type": "display_data", "data": data}])


def in_notebook(text: str) -> None:
    with contextlib.suppress(ValueError):
        loads(text)


def in_rebuild(text: str) -> None:
    """An answer, a text, and as many added cells as there may be."""
    added = [make_cell(f"c{start}", text[start : start + 90]) for start in range(0, 170_000, 90)]
    answer = make_cell("double", text, solution=True)
    rebuild(make_notebook(make_cell("m", text, "markdown"), answer, *added), RELEASE)


def in_names(text: str) -> None:
    starts = range(0, len(text), LONG_NAME)
    for name in ("{}/tiny.ipynb", "ada_5_9_{}.ipynb", "x_attempt_2026-01-01-10-00-00_{}.ipynb"):
        entries = [name.format(text[start : start + LONG_NAME]) for start in starts]
        with contextlib.suppress(UsageError):
            recognised(entries, "tiny")


READERS: dict[str, Callable[[str], Any]] = {
    "needs": in_needs,
    "formgrader": in_formgrader,
    "feedback": in_feedback,
    "errors": in_errors,
    "outputs": in_outputs,
    "notebook": in_notebook,
    "rebuild": in_rebuild,
    "names of a download": in_names,
    "pictures": lambda text: illustrated([{"cell_type": "markdown", "source": text}]),
    "words of code": lambda text: words_of_code(text[:40_000], frozenset()),
    "words of prose": words_of_prose,
    "code": highlighted,
}


OF_A_CELL = {"formgrader", "feedback"}


def repeated(piece: str) -> Callable[[int], str]:
    """Makes texts of a size from one piece."""
    return lambda size: piece * (size // len(piece))


def seconds(read: Callable[[str], Any], text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start


def grows_at_most_linearly(
    read: Callable[[str], Any], make: Callable[[int], str], times_over: int = 1
) -> None:
    """Read texts that shrink; none takes long, and none much longer than in proportion.

    `times_over` says how many such texts one page may have, whose time is bounded in all. Where a
    text takes less than the slack, it is in proportion to any smaller one, which needs no reading.
    """
    times: list[float] = []
    for size in reversed(SIZES):
        times.append(times_over * seconds(read, make(size)))
        if times[-1] < SLACK_S:
            break
    assert max(times) < MOST_S, times
    assert all(larger < 8 * smaller + SLACK_S for larger, smaller in pairwise(times)), times


def assert_linear(reader: str, make: Callable[[int], str]) -> None:
    grows_at_most_linearly(READERS[reader], make, CELLS if reader in OF_A_CELL else 1)


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_a_repeated_piece_takes_linear_and_bounded_time(reader: str) -> None:
    for piece in PIECES:
        assert_linear(reader, repeated(piece))


@pytest.mark.parametrize("reader", READERS)
def test_a_ragged_table_takes_linear_and_bounded_time(reader: str) -> None:
    assert_linear(reader, lambda size: table("x", size))


@pytest.mark.parametrize("piece", ["lambda: 0\n", "lambda: 0,"])
def test_small_functions_without_number_take_linear_and_bounded_time(piece: str) -> None:
    grows_at_most_linearly(in_needs, repeated(piece))


@pytest.mark.parametrize("piece", first_is_fast([" ", "[", "<ipython-input-", "&", "<div>"]))
def test_a_page_full_of_what_was_slow_once_is_not(piece: str) -> None:
    for read in (partial(in_formgrader, cells=CELLS), partial(in_feedback, cells=CELLS), in_errors):
        grows_at_most_linearly(read, repeated(piece))


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.sampled_from(sorted(READERS)))
@settings(max_examples=10 * FUZZ, deadline=None)
def test_what_repeats_several_pieces_takes_bounded_time(pieces: list[str], reader: str) -> None:
    assert_linear(reader, repeated("".join(pieces)))


def test_what_a_page_shows_of_a_text_is_not_much_longer_than_the_text() -> None:
    text = table("x", 62_000)
    assert len(safe_markdown(text, Allowance())) < 4 * len(text)
