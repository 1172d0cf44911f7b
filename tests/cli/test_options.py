from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.processes import grader_here


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("submit",),
        ("roster", "--from", "moodle"),
        ("collect", "tiny", "--times"),
        ("export", "tiny", "--format", "canvas", "--into"),
        ("give-back", "tiny", "--for", "moodle", "--worksheet"),
        ("site", "--output", "site", "--pyodide"),
    ],
    ids=lambda words: words[0],
)
def test_nobody_waits_for_a_pipe_that_has_no_end(tmp_path: Path, words: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "tiny.pipe")
    done = grader_here(tmp_path, *words, "tiny.pipe")
    assert done.returncode == 2
    assert "'tiny.pipe' is not a file; save what is in it, and name that" in done.stderr
