"""Warnings on the terminal."""

from __future__ import annotations

import pytest

from grader.cli.terminal import out, show_line, warn

HOSTILE = "Ada\x1b[2J\x9b31m\r\u202e\u2066\u2028李 梅\u200d[b]x"
SHOWN = "Ada?[2J?31m????李 梅\u200d[b]x"


def test_a_warning_is_one_line_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    warn("word " * 60 + "end")
    assert capsys.readouterr().err == "grader: " + "word " * 60 + "end\n"


def test_a_name_is_shown_and_commands_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    warn(HOSTILE)
    show_line(HOSTILE)
    out.print(HOSTILE, markup=False)
    shown = capsys.readouterr()
    assert shown.err == f"grader: {SHOWN}\n"
    assert shown.out == f"{SHOWN}\n{SHOWN}\n"
