"""A small course.yml, right or wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import CourseError

GOOD = """\
name: C
seed: 1
assignments:
  - id: one
    title: One
    due: 2026-01-10T12:00:00+00:00
    questions: {a: 4, b: {points: 2.5, manual: true}}
"""


def load(folder: Path, text: str | bytes) -> Course:
    """The course of a course.yml with this text."""
    (folder / "course.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Course.load(folder)


def problem(folder: Path, text: str | bytes) -> str:
    """The error that a wrong course.yml gives: one line, here without the name of the file."""
    with pytest.raises(CourseError) as caught:
        load(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    prefix = f"{folder.resolve() / 'course.yml'}: "
    assert message.startswith(prefix)
    return message.removeprefix(prefix)
