"""A course with its release, and a bundle in which nothing may take longer than a second."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from tests.kit.course import ID, release_by_hand, write_course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course and its release."""
    made = write_course(tmp_path_factory.mktemp("course"))
    release_by_hand(made)
    return made


@pytest.fixture(scope="module")
def bundle(course: Course) -> Bundle:
    """The bundle of this course."""
    made = load_bundle(course, ID)
    limits = made.limits.model_copy(update={"cell_timeout_s": 1, "call_timeout_s": 1})
    return replace(made, limits=limits)
