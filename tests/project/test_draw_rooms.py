"""The drawing of the rooms, in docs/architecture.md."""

from __future__ import annotations

import pytest

from scripts.draw_rooms import COLUMNS, PICTURE, arrows, draw, floors


@pytest.fixture(scope="module")
def drawn() -> set[tuple[str, str]]:
    return set(arrows(list(COLUMNS)))


@pytest.mark.slow
def test_the_committed_drawing_is_that_of_todays_imports() -> None:
    """After a change: python scripts/draw_rooms.py."""
    assert PICTURE.read_text(encoding="utf-8") == draw()


def test_every_room_above_the_ground_has_its_place() -> None:
    upper = [floor for floor in floors() if set(floor) & set(COLUMNS)]
    assert sorted(room for floor in upper for room in floor) == sorted(COLUMNS)


@pytest.mark.slow
def test_every_arrow_goes_down(drawn: set[tuple[str, str]]) -> None:
    level = {room: row for row, floor in enumerate(floors()) for room in floor}
    assert all(level[a] < level[b] for a, b in drawn)


@pytest.mark.slow
def test_an_arrow_that_follows_from_others_is_left_out(drawn: set[tuple[str, str]]) -> None:
    assert ("grading", "judge") in drawn
    assert ("judge", "box") in drawn
    assert ("grading", "box") not in drawn
