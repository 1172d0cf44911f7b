"""A desk on the tiny course, with Farah and Mira in its roster, and a provider to sign in at."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from grader.course.settings import Course
from tests.kit.course import write_course
from tests.kit.desk import TestDesk, open_desk
from tests.kit.openid import OURS, ROSTER, SECRET, Told, told_provider, with_provider

NUMBER = itertools.count()


@pytest.fixture
def desk(course: Course) -> Iterator[TestDesk]:
    with open_desk(course) as opened:
        yield opened


@pytest.fixture(scope="package")
def kept_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDesk]:
    """One desk for modules with many quick tests, which begin with `reset`."""
    with open_desk(write_course(tmp_path_factory.mktemp("kept"))) as opened:
        yield opened


@pytest.fixture(scope="package")
def told() -> Iterator[Told]:
    with told_provider() as provider:
        yield provider


@pytest.fixture
def provider(told: Told, desk: TestDesk, monkeypatch: pytest.MonkeyPatch) -> Told:
    """An honest provider that the course names, with settings that no test had before.

    So nothing is known of it: what it said of itself is kept as long as the settings stay.
    """
    monkeypatch.setenv(SECRET, OURS)
    told.reset()
    desk.course.roster_path.write_text(ROSTER, encoding="utf-8")
    with_provider(desk.course, told.issuer, f", scopes: [openid, email, 'n{next(NUMBER)}']")
    return told
