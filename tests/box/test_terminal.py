"""What a terminal shows of text that writes over itself."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.box.terminal import overwritten

SHOWN = {
    "plain\ntext\n": "plain\ntext\n",
    "\r  0%\r 50%\r100%\n": "100%\n",
    "epoch 10\repoch 9\n": "epoch 90\n",  # as a terminal does
    "one\r\ntwo\r\r\n": "one\ntwo\n",
    "a\rb\nc\rd": "b\nd",
    "1%\r2%\r": "2%",
    "1/9\b\b\b2/9\b\b\b3/9": "3/9",
    "\b\bx": "x",
    "a\r\b\bb": "b",
}


@pytest.mark.parametrize("text,shown", SHOWN.items())
def test_text_is_shown_as_a_terminal_shows_it(text: str, shown: str) -> None:
    assert overwritten(text) == shown


@given(st.lists(st.text("ab\r\n")))
def test_it_makes_no_difference_how_the_text_was_cut(pieces: list[str]) -> None:
    shown = ""
    for piece in pieces:
        shown = overwritten(shown + piece, is_whole=False)
    assert overwritten(shown) == overwritten("".join(pieces))


def test_a_hostile_text_takes_no_longer() -> None:
    start = time.process_time()
    overwritten("x" * (1 << 20) + "y\r" * (1 << 20))
    overwritten("x" * (1 << 20) + "\b" * (1 << 20))
    assert time.process_time() - start < 5
