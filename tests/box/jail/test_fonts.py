"""The list of fonts goes from one nursery to the next, unless fonts have changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.box.jail import fonts

NAME = "fontlist-v1.json"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Where lists are kept, and a nursery's home; the machine has one folder of fonts."""
    for name in ("fonts", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr("grader.box.jail.fonts.FOLDERS", (tmp_path / "fonts",))
    return tmp_path / "kept", tmp_path / "home"


def test_a_list_that_had_to_be_made_is_there_the_next_time(folders: tuple[Path, Path]) -> None:
    kept, home = folders
    fonts.borrow(kept, home)
    assert not list(home.iterdir())
    (home / NAME).write_text("made")
    fonts.give_back(kept, home)
    (home / NAME).unlink()
    fonts.borrow(kept, home)
    assert (home / NAME).read_text() == "made"


def test_a_list_from_before_a_font_was_added_is_not_used(folders: tuple[Path, Path]) -> None:
    kept, home = folders
    (home / NAME).write_text("old")
    os.utime(home / NAME, (100, 100))
    fonts.give_back(kept, home)
    os.utime(kept / NAME, (100, 100))
    (home / NAME).unlink()
    fonts.borrow(kept, home)
    assert not list(home.iterdir())
    (home / NAME).write_text("new")
    fonts.give_back(kept, home)
    assert (kept / NAME).read_text() == "new"


def test_a_folder_that_cannot_be_written_to_stops_nobody(folders: tuple[Path, Path]) -> None:
    kept, home = folders
    kept.write_text("a file in its place")
    (home / NAME).write_text("made")
    fonts.give_back(kept, home)
    fonts.borrow(kept, home)
    assert kept.read_text() == "a file in its place"


def test_lists_are_kept_with_what_else_this_user_can_make_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert fonts.kept_in() == Path("/caches/chainrule")
