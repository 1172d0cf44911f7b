"""Downloads of Moodle, named as Moodle names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.downloads import download, taken


@pytest.mark.parametrize("suffix", ["/", "_/", "_"], ids=["folder", "older-folder", "no-folder"])
def test_moodle_names_are_understood(course: Course, tmp_path: Path, suffix: str) -> None:
    def name(who: str, number: int, own: str = "tiny.ipynb") -> str:
        return f"{who}_{number}_assignsubmission_file{suffix}{own}"

    source = download(
        tmp_path / "in",
        name("Ada Lovelace", 7001),
        name("Béla von Szabó", 7002, "week 3 (2).ipynb"),
        name("Somebody Renamed", 7003),
        name("Mei Lin", 7004),
        name("Participant", 7005),
        "Ada Lovelace_7001_assignsubmission_onlinetext/onlinetext.html",
    )
    found, said = taken(course, source)
    assert found == {
        "ada": name("Ada Lovelace", 7001),
        "bela": name("Béla von Szabó", 7002, "week 3 (2).ipynb"),
        "chidi": name("Somebody Renamed", 7003),
    }
    assert "mei1, mei2 have this name; write moodle_id 7004" in said
    assert "Participant: left out: not in the roster; add moodle_id 7005" in said
