"""One warm launcher for all tests that need boxes: it takes seconds to start."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from grader.box.launch import Launcher, launcher
from grader.errors import BoxError

if sys.platform != "linux":
    collect_ignore = ["jail"]


@pytest.fixture(scope="session")
def warm() -> Iterator[Launcher]:
    """The launcher that `grader grade` would use here."""
    try:
        box_launcher = launcher()
    except BoxError as error:
        pytest.skip(str(error))
    yield box_launcher
    box_launcher.close()
