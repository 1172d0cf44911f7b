"""A class at the desk, the same for all attacks: nothing of it may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.attacks.school import School
from tests.kit.course import write_course


@pytest.fixture(scope="package")
def one_school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    opened = School(write_course(tmp_path_factory.mktemp("school") / "course"))
    yield opened
    opened.desk.close()


@pytest.fixture
def school(one_school: School) -> Iterator[School]:
    """The class; whatever a test does, all that is kept is the same after it."""
    before = one_school.kept()
    yield one_school
    assert one_school.kept() == before
    assert one_school.desk.warnings == []  # an attack is no error of ours
