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


def test_the_time_zone_in_the_name_of_an_inbound_folder_counts(
    course: Course, tmp_path: Path
) -> None:
    zones = {"ada": "EST", "bela": "-05", "chidi": "UTC-05:00", "mei1": "IST"}
    names = [f"{s}+tiny+2026-01-09 07:00:00.5 {zone}+x/tiny.ipynb" for s, zone in zones.items()]
    east = "mei2+tiny+2026-01-09 17:30:00 UTC+05:30+x/tiny.ipynb"
    _, said = taken(course, download(tmp_path / "inbound", *names, east))
    root = course.submitted_dir
    stamps = {p.parent.parent.name: p.read_text() for p in root.glob(f"*/{ID}/timestamp.txt")}
    assert stamps.pop("mei1") == "2026-01-09 07:00:00.5 IST\n"
    assert "mei1: the time '2026-01-09 07:00:00.5 IST' cannot be read (IST stands for" in said
    assert stamps.pop("mei2") == "2026-01-09 12:00:00.000000 UTC"
    assert set(stamps.values()) == {"2026-01-09 12:00:00.500000 UTC"}


def test_a_time_without_a_zone_is_in_that_of_the_course(course: Course, tmp_path: Path) -> None:
    course_yml = course.root / "course.yml"
    course_yml.write_text(course_yml.read_text() + "time_zone: Asia/Kolkata\n")
    names = (
        "ada+tiny+2026-01-09 17:30:00+x/tiny.ipynb",
        "bela+tiny+2026-01-09 17:30:00 IST+x/tiny.ipynb",
        "ps1_chidi_attempt_2026-01-09-17-30-00_tiny.ipynb",
    )
    taken(Course.load(course.root), download(tmp_path / "in", *names))
    stamps = list(course.submitted_dir.glob(f"*/{ID}/timestamp.txt"))
    assert len(stamps) == 3
    assert {stamp.read_text() for stamp in stamps} == {"2026-01-09 12:00:00.000000 UTC"}


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
