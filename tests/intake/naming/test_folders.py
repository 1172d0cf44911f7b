"""A folder for each student, as nbgrader's own submitted/ is."""

from __future__ import annotations

from pathlib import Path

from grader.course.settings import Course
from tests.kit.course import ID
from tests.kit.downloads import download, taken


def test_nbgraders_own_submitted_folder_is_understood(course: Course, tmp_path: Path) -> None:
    source = download(tmp_path / "submitted", "ada/tiny/tiny.ipynb", "bela/tiny/tiny.ipynb")
    (source / "ada" / "tiny" / "timestamp.txt").write_text("2026-01-09 10:00:00 UTC")
    found, _ = taken(course, source)
    assert set(found) == {"ada", "bela"}
    assert (course.submitted_dir / "ada" / ID / "timestamp.txt").exists()
