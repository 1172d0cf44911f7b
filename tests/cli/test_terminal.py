"""Warnings on the terminal."""

from __future__ import annotations

import pytest

from grader.cli.terminal import warn


def test_a_warning_is_one_line_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    warn("word " * 60 + "end")
    assert capsys.readouterr().err == "grader: " + "word " * 60 + "end\n"
