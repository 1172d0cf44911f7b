"""Code keeps its text, gets the colours of Python, and is escaped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.pages.code import MAX_CODE, highlighted
from tests.kit.fuzzing import FUZZ
from tests.kit.pages import EVIL, Page

KINDS = {"comment": "c", "string": "s", "keyword": "k", "number": "n", "definition": "d"}


def coloured(source: str) -> list[tuple[str, str]]:
    """Each coloured piece, with its kind."""
    names = {short: name for name, short in KINDS.items()}
    pieces = str(highlighted(source)).split('<span class="')[1:]
    return [(names[p[0]], Page(p[3:].partition("</span>")[0]).text) for p in pieces]


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("x = 1  # one", [("number", "1"), ("comment", "# one")]),
        ("def f(x):", [("keyword", "def"), ("definition", "f")]),
        ("class Net:", [("keyword", "class"), ("definition", "Net")]),
        ("return None", [("keyword", "return"), ("keyword", "None")]),
        ("1e-5 + .5 + 0x1F + 2_000j", [("number", n) for n in "1e-5 .5 0x1F 2_000j".split()]),
        ("rb'a\\'b' + f\"{x}#\"", [("string", "rb'a\\'b'"), ("string", 'f"{x}#"')]),
        ('"""a\n"b" # c\n""" + x1', [("string", '"""a\n"b" # c\n"""')]),
        ("'open\nfor", [("string", "'open"), ("keyword", "for")]),
        ("'''open\nfor", [("string", "'''open\nfor")]),
        ("format = W1 + forward.in_2", []),
        ("%matplotlib inline", []),
    ],
)
def test_each_kind_of_word_has_its_colour(source: str, pieces: list[tuple[str, str]]) -> None:
    assert coloured(source) == pieces


@given(st.text("'\"\\#\n defr1.<&{}é\x00", max_size=60) | st.text(max_size=60))
@settings(max_examples=200 * FUZZ, deadline=None)
def test_any_text_stays_the_same_text_and_brings_no_tag(source: str) -> None:
    page = Page(str(highlighted(source)))
    assert page.text.replace("\r", "\n") == source.replace("\r", "\n")
    assert {tag for tag, _ in page.tags} <= {"span"}
    assert {value for _, _, value in page.attributes} <= set(KINDS.values())


def test_hostile_code_is_escaped_inside_and_outside_of_colours() -> None:
    for source in (EVIL, f"# {EVIL}", f"'''{EVIL}'''", "x" * MAX_CODE + EVIL):
        assert {tag for tag, _ in Page(str(highlighted(source))).tags} <= {"span"}
        assert Page(str(highlighted(source))).text == source


def test_what_is_beyond_the_room_is_there_without_colours() -> None:
    assert highlighted("if if if", 5) == '<span class="k">if</span> <span class="k">if</span> if'
    long = "if " * MAX_CODE
    assert str(highlighted(long)).count("<span") == -(-MAX_CODE // 3)
