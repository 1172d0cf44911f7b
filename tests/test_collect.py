"""Collecting: notebooks come in under our names, and nothing else does."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tiny_course import ID, write_course

from grader.collect import collect
from grader.course import Course
from grader.errors import UsageError


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "course")


def submitted(course: Course) -> set[str]:
    root = course.submitted_dir
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}


def put(folder: Path, name: str, content: str = "{}") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_a_folder_for_each_student_is_taken_over(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    put(tmp_path / "in", f"bela/{ID}/{ID}.ipynb")
    put(tmp_path / "in", "chidi/my homework (1).ipynb")
    put(tmp_path / "in", "chidi/numpy.py")
    lines = list(collect(course, ID, tmp_path / "in"))
    assert [line.split(" ")[0] for line in lines] == ["ada:", "bela:", "chidi:"]
    assert submitted(course) == {f"{name}/{ID}/{ID}.ipynb" for name in ("ada", "bela", "chidi")}


def test_a_zip_is_taken_over_like_a_folder(course: Course, tmp_path: Path) -> None:
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": b"{}", "bela/x.ipynb": b"{}"})
    assert len(list(collect(course, ID, source))) == 2
    assert submitted(course) == {f"ada/{ID}/{ID}.ipynb", f"bela/{ID}/{ID}.ipynb"}


def test_collecting_twice_changes_nothing_and_says_so(course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in", f"ada/{ID}.ipynb")
    list(collect(course, ID, tmp_path / "in"))
    (line,) = collect(course, ID, tmp_path / "in")
    assert "unchanged" in line
    put(tmp_path / "in", f"ada/{ID}.ipynb", '{"cells": []}')
    (line,) = collect(course, ID, tmp_path / "in")
    assert "replaced" in line


@pytest.mark.parametrize(
    "name", ["../evil.ipynb", "../../etc/x.ipynb", "/root/x.ipynb", "=1+1/x.ipynb"]
)
def test_a_member_that_climbs_out_is_left_out(course: Course, tmp_path: Path, name: str) -> None:
    source = archive(tmp_path / "in.zip", {name: b"{}", f"ada/{ID}.ipynb": b"{}"})
    lines = list(collect(course, ID, source))
    assert sum("left out" in line for line in lines) == 1
    assert submitted(course) == {f"ada/{ID}/{ID}.ipynb"}
    assert not list(tmp_path.glob("*.ipynb"))


def test_a_member_that_expands_absurdly_is_left_out(course: Course, tmp_path: Path) -> None:
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": bytes(15 << 20)})
    (line,) = collect(course, ID, source)
    assert "absurd size" in line
    assert submitted(course) == set()


def test_links_are_left_out(course: Course, tmp_path: Path) -> None:
    put(tmp_path, "secret.ipynb", "secret")
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / f"{ID}.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (line,) = collect(course, ID, tmp_path / "in")
    assert "a link" in line
    assert submitted(course) == set()


def test_a_source_without_notebooks_is_one_line(course: Course, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="no notebook in it"):
        list(collect(course, ID, tmp_path / "in"))
    put(tmp_path, "notes.txt")
    with pytest.raises(UsageError, match="neither a folder nor a zip"):
        list(collect(course, ID, tmp_path / "notes.txt"))
