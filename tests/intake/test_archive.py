"""Downloads that were made to break `grader collect`: bad files are left out, with a reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake import archive as archives
from grader.intake.collect import collect
from tests.kit.course import ID, write_course
from tests.kit.downloads import archive, lines, put, submitted


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "course")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.ipynb",
        "../../etc/x.ipynb",
        "/root/x.ipynb",
        "C:/x/y.ipynb",
        "ada\\..\\..\\x.ipynb",
        "=1+1/x.ipynb",
        "bel\x1ba/x.ipynb",
        "a" * 500 + "/x.ipynb",
        "a/" * 60 + "x.ipynb",
    ],
)
def test_a_member_that_climbs_out_is_left_out(course: Course, tmp_path: Path, name: str) -> None:
    source = archive(tmp_path / "in.zip", {name: b"{}", f"ada/{ID}.ipynb": b"{}"})
    found = list(collect(course, ID, source))
    assert sum("left out" in str(line) and not line.ok for line in found) == 1
    assert submitted(course) == {f"ada/{ID}/{ID}.ipynb"}
    assert not list(tmp_path.glob("*.ipynb"))
    assert all(str(line).isprintable() and len(str(line)) < 400 for line in found)


def test_a_member_that_expands_absurdly_is_left_out(course: Course, tmp_path: Path) -> None:
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": bytes(15 << 20)})
    (line,) = lines(course, source)
    assert "absurd size" in line
    assert submitted(course) == set()


def test_a_zip_that_lies_about_sizes_and_a_broken_member_stop_nobody(
    course: Course, tmp_path: Path
) -> None:
    members = {f"{name}/{ID}.ipynb": name.encode() * 99 for name in ("ada", "bela", "chidi")}
    source = archive(tmp_path / "in.zip", members)
    data = bytearray(source.read_bytes())
    start = data.index(b"bela/tiny.ipynb") + len("bela/tiny.ipynb")
    data[start : start + 4] = b"\xff\xff\xff\xff"
    source.write_bytes(data)
    shown = lines(course, source)
    assert "bela: left out: cannot be unpacked" in shown[2]
    assert len(submitted(course)) == 2


def test_the_same_name_twice_in_a_zip_is_left_out(course: Course, tmp_path: Path) -> None:
    source = tmp_path / "in.zip"
    with zipfile.ZipFile(source, "w") as file, pytest.warns(UserWarning, match="Duplicate"):
        for content in ("one", "two"):
            file.writestr(f"ada/{ID}.ipynb", content)
        file.writestr(f"bela/{ID}.ipynb", "{}")
    shown = lines(course, source)
    assert f"ada/{ID}.ipynb: left out: twice in the zip" in shown
    assert submitted(course) == {f"bela/{ID}/{ID}.ipynb"}


def test_too_many_files_are_refused_at_once(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    source = archive(tmp_path / "in.zip", {f"s{n}/{ID}.ipynb": b"{}" for n in range(3)})
    with pytest.raises(UsageError, match=r"in\.zip: more than 2 files"):
        lines(course, source)


def test_all_notebooks_together_are_bounded(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 3)
    source = archive(tmp_path / "in.zip", {f"s{n}/{ID}.ipynb": b"{}" for n in range(3)})
    assert sum("in all" in line for line in lines(course, source)) == 2


def test_links_are_left_out(course: Course, tmp_path: Path) -> None:
    put(tmp_path, "secret.ipynb", "secret")
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / f"{ID}.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (line,) = lines(course, tmp_path / "in")
    assert "a link" in line
    assert submitted(course) == set()


def test_a_link_in_a_zip_is_left_out(course: Course, tmp_path: Path) -> None:
    source = tmp_path / "in.zip"
    with zipfile.ZipFile(source, "w") as file:
        member = zipfile.ZipInfo(f"ada/{ID}.ipynb")
        member.external_attr = 0o120777 << 16
        file.writestr(member, "/etc/passwd")
    assert "a link" in lines(course, source)[0]
    assert submitted(course) == set()
