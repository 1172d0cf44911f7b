"""Files of Microsoft Teams, as they lie in the library of a class."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.downloads import download, taken


@pytest.mark.parametrize("above", ["Student Work/Submitted files/", "已提交的文件/", ""])
@pytest.mark.parametrize("word", ["Version", "Versión", "版本"])
def test_the_last_version_that_was_turned_in_counts(
    course: Course, tmp_path: Path, above: str, word: str
) -> None:
    def name(who: str, version: int) -> str:
        return f"{above}{who}/Two-layer net/{word} {version}/tiny.ipynb"

    files = [name("Ada Lovelace", n) for n in (2, 10, 1)] + [name("von Szabó, Béla", 1)]
    source = download(tmp_path / "in", *files, name("Mei Lin", 1), name("No Body", 1))
    found, said = taken(course, source)
    assert found == {"ada": files[1], "bela": files[3]}
    assert "Mei Lin: left out: mei1, mei2 have this name" in said
    assert "No Body: left out: not in the roster" in said


def test_of_several_assignments_the_right_one_is_taken(course: Course, tmp_path: Path) -> None:
    files = [f"Ada Lovelace/{title}/Version 1/tiny.ipynb" for title in ("tiny", "Other")]
    files += ["Chidi Okafor/Tiny/Version 1/tiny.ipynb"]
    found, said = taken(course, download(tmp_path / "in", *files))
    assert found == {"ada": files[0], "chidi": files[2]}
    assert "rename the folders of the right one to tiny" in said
