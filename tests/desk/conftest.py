"""A desk on the tiny course, with Farah and Mira in its roster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.course.settings import Course
from tests.kit.course import release_by_hand
from tests.kit.desk import TestDesk, due_tomorrow


@pytest.fixture
def desk(course: Course) -> Iterator[TestDesk]:
    course = due_tomorrow(course)
    release_by_hand(course)
    opened = TestDesk(course)
    yield opened
    opened.close()
