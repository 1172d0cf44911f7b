"""Downloads of Sakai, named as Sakai names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.downloads import download, put, taken

INSIDE = "Submission attachment(s)"


@pytest.mark.parametrize("told", ["20260105212600123", "2026-01-05T21:26:00.000Z"])
def test_sakai_folders_are_understood(course: Course, tmp_path: Path, told: str) -> None:
    ada, bela = "Net/Lovelace, Ada(ada)", "Net/von Szabó, Béla(bela@example.org)"
    files = [f"{ada}/{INSIDE}/tiny.ipynb", f"{bela}/{INSIDE}/my (2).ipynb"]
    source = download(
        tmp_path / "in", *files, f"Net/Dee, Dora(dora)/{INSIDE}/tiny.ipynb", "Net/grades.csv"
    )
    put(source, f"{ada}/timestamp.txt", told)
    put(source, f"{bela}/{INSIDE}/timestamp.txt", "2020-01-01 10:00:00 UTC")  # the student's own
    put(source, f"{ada}/Feedback Attachment(s)/tiny.ipynb", "no hand-in")
    found, said = taken(course, source)
    assert found == {"ada": files[0], "bela": files[1]}
    stamps = [course.submitted_dir / s / "tiny" / "timestamp.txt" for s in ("ada", "bela")]
    assert stamps[0].read_text() == "2026-01-05 21:26:00.000000 UTC"
    assert not stamps[1].exists()
    assert "Dee, Dora: left out: not in the roster; add id dora" in said


def test_sakai_files_without_folders_are_understood(course: Course, tmp_path: Path) -> None:
    file = f"Lovelace, Ada(ada)_{INSIDE}_tiny.ipynb"
    assert taken(course, download(tmp_path / "in", file))[0] == {"ada": file}


def test_a_login_of_somebody_elses_is_listed(course: Course, tmp_path: Path) -> None:
    found, said = taken(
        course, download(tmp_path / "in", f"N/Okafor, Chidi(ada)/{INSIDE}/tiny.ipynb")
    )
    assert found == {}
    assert "is ada, but the name is chidi; correct the roster" in said
