"""Downloads of Brightspace, named as Brightspace names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.downloads import download, taken


@pytest.mark.parametrize("between", ["/", " - "], ids=["folders", "files"])
def test_brightspace_names_are_understood(course: Course, tmp_path: Path, between: str) -> None:
    def name(who: str, time: str, number: str = "397063-2557369") -> str:
        return f"{number} - {who} - {time}{between}tiny.ipynb"

    files = [
        name("Ada Lovelace", "Jan 5, 2026 926 PM"),
        name("Ada Lovelace", "Jan 5, 2026 1026 AM"),
        name("Béla von Szabó", "Jan 12, 2026 1149 AM"),
        name("Mei Lin", "Jan 5, 2026 926 PM"),
        name("Jean-Luc Nobody", "Jan 5, 2026 926 PM"),
    ]
    found, said = taken(course, download(tmp_path / "in", "index.html", *files))
    assert found == {"ada": files[0], "bela": files[2]}
    stamp = course.submitted_dir / "ada" / "tiny" / "timestamp.txt"
    assert stamp.read_text() == "2026-01-05 21:26:00.000000 UTC"
    assert "Mei Lin: left out: mei1, mei2 have this name" in said
    assert "Jean-Luc Nobody: left out: not in the roster" in said


def test_one_name_with_two_numbers_may_be_two_people(course: Course, tmp_path: Path) -> None:
    names = [f"{n}-77 - Ada Lovelace - Jan 5, 2026 926 PM/tiny.ipynb" for n in (1, 2)]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert found == {}
    assert "Ada Lovelace: left out: several in this download have this name" in said
