"""What most tests start from, and which kinds of tests there are by folder.

A module that needs another course has a `course` of its own.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.notebook import Notebook
from tests.kit.course import release_by_hand, write_course
from tests.kit.disk import no_power_cut

# jsonschema would spend a second on a grammar of addresses that no notebook's schema needs
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

KINDS = {"attacks": ("attack", "linux"), "browser": ("browser",), "box/jail": ("linux",)}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let no garbage collection look at what thousands of tests keep until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of some folders, and skip those that this system cannot run."""
    for item in items:
        place = item.path.parent.relative_to(Path(__file__).parent).as_posix()
        for kind in KINDS.get(place, ()):
            item.add_marker(kind)
        if sys.platform != "linux" and item.get_closest_marker("linux"):
            item.add_marker(pytest.mark.skip(reason="needs what only Linux has"))


@pytest.fixture(scope="session", autouse=True)
def disk() -> Iterator[None]:
    """One that nobody waits for."""
    with no_power_cut():
        yield


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The tiny course, of which nothing is built or handed in."""
    return write_course(tmp_path)


@pytest.fixture
def release(course: Course) -> Notebook:
    """Its release."""
    return release_by_hand(course)
