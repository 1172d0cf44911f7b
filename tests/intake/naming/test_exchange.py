"""Files as nbgrader's exchange and its zip_collect name them."""

from __future__ import annotations

from pathlib import Path

from grader.course.settings import Course
from tests.kit.course import ID
from tests.kit.downloads import download, taken


def test_the_inbound_folder_of_the_exchange_holds_every_attempt(
    course: Course, tmp_path: Path
) -> None:
    source = download(
        tmp_path / "inbound",
        "ada+tiny+2026-01-09 10:00:00.000001 UTC+cmFuZG9t/tiny.ipynb",
        "ada+tiny+2026-01-10 11:00:00.000000 UTC+x_-y/tiny.ipynb",
        "ada+tiny+2026-01-12 11:00:00.000000 UTC+abc/tiny.ipynb",
        "bela+tiny+2026-01-10 14:00:00.000000 CET/tiny.ipynb",
        "chidi+other+2026-01-10 11:00:00.000000 UTC+abc/other.ipynb",
    )
    found, said = taken(course, source)
    assert found["ada"] == "ada+tiny+2026-01-10 11:00:00.000000 UTC+x_-y/tiny.ipynb"
    assert "attempt 2 of 3 counts" in said
    assert set(found) == {"ada", "bela"}
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    assert stamp.read_text() == "2026-01-10 11:00:00.000000 UTC"


def test_what_zip_collect_starts_from_is_understood(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "downloaded" / ID
    source = download(
        folder,
        "extracted/notebooks/ps1_ada_attempt_2026-01-09-15-30-10_tiny.ipynb",
        "extracted/notebooks/ps1_ada_attempt_2026-01-10-09-30-10_tiny.ipynb",
        "archive/notebooks.zip",
    )
    found, _ = taken(course, source)
    assert found == {"ada": "extracted/notebooks/ps1_ada_attempt_2026-01-10-09-30-10_tiny.ipynb"}
