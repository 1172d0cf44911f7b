"""What is told on the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from grader.cli import terminal
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


@pytest.mark.parametrize(("is_terminal", "told"), [(True, "wait [for] it\n"), (False, "")])
def test_what_takes_long_is_told_at_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, told: str
) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=is_terminal, no_color=True, highlight=False)
    monkeypatch.setattr(terminal, "out", console)
    terminal.show_start("wait [for] it")
    assert screen.getvalue() == told
