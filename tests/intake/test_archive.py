"""Downloads that were made to break `grader collect`: bad files are left out, with a reason."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake import archive as archives
from grader.intake.collect import collect
from tests.kit.course import ID, release_by_hand, write_course
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


def test_a_repetitive_output_is_no_bomb(course: Course, tmp_path: Path) -> None:
    lines_of_training = b"epoch 1 of 10: loss 0.69\\n" * 480_000
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": lines_of_training})
    assert len(lines_of_training) > 100 * source.stat().st_size
    (line,) = lines(course, source)
    assert line.startswith("ada: collected")
    assert (course.submitted_dir / "ada" / ID / f"{ID}.ipynb").read_bytes() == lines_of_training


@pytest.mark.slow
def test_of_a_bomb_no_more_is_unpacked_than_is_allowed(course: Course, tmp_path: Path) -> None:
    source = tmp_path / "in.zip"
    with (
        zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as file,
        file.open(f"ada/{ID}.ipynb", "w") as member,
    ):
        for _ in range(256):
            member.write(bytes(1 << 20))
    tracemalloc.start()
    (line,) = lines(course, source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert line == "ada: left out: larger than 16 MiB; let its outputs be cleared"
    assert submitted(course) == set()
    assert peak < 40 << 20


def test_the_size_that_a_zip_claims_is_not_believed(course: Course, tmp_path: Path) -> None:
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": b"{}", f"bela/{ID}.ipynb": b"[]"})
    data = bytearray(source.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (4_000_000_000).to_bytes(4, "little")
    source.write_bytes(data)
    assert len(lines(course, source)) == 2
    assert len(submitted(course)) == 2


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (8, 1, "locked by a password; pack it again without one"),
        (10, 9, "packed in an unusual way; pack it again as an ordinary zip"),
        (10, zipfile.ZIP_BZIP2, "packed in an unusual way; pack it again as an ordinary zip"),
        (16, 0, "since its data is damaged (BadZipFile: Bad CRC-32"),
    ],
    ids=["password", "unknown", "bzip2", "checksum"],
)
def test_why_a_member_is_left_out_is_told(
    course: Course, tmp_path: Path, place: int, value: int, reason: str
) -> None:
    source = archive(tmp_path / "in.zip", {f"ada/{ID}.ipynb": b"{}", f"bela/{ID}.ipynb": b"[]"})
    data = bytearray(source.read_bytes())
    data[data.index(b"PK\x01\x02") + place] = value
    source.write_bytes(data)
    assert reason in lines(course, source)[1]
    assert submitted(course) == {f"bela/{ID}/{ID}.ipynb"}


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


def test_what_was_unpacked_in_vain_counts_too(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 3)
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 10)
    source = archive(tmp_path / "in.zip", {f"s{n}/{ID}.ipynb": b"12345" for n in range(3)})
    shown = lines(course, source)
    assert sum("larger than" in line for line in shown) == 2
    assert sum("in all" in line for line in shown) == 1


def zipped(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return data.getvalue()


def test_a_zip_of_one_student_with_too_many_files_costs_nobody_else_anything(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_INNER_MEMBERS", 3)
    honest = zipped({f"{ID}.ipynb": b"{}", "data/a.csv": b"", "data/b.csv": b""})
    hostile = zipped({f"x{n}/": b"" for n in range(3)} | {f"{ID}.ipynb": b"{}"})
    members = {"ada/a.zip": honest, "bela/b.zip": hostile, "chidi/c.zip": honest}
    shown = "\n".join(lines(course, archive(tmp_path / "in.zip", members)))
    assert submitted(course) == {f"{name}/{ID}/{ID}.ipynb" for name in ("ada", "chidi")}
    assert "b.zip: left out: more than 3 files in it; unpack it" in shown


def test_what_comes_out_of_one_students_zip_is_bounded_apart(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_INNER_TOTAL_BYTES", 5000)
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 12_000)
    release_by_hand(course)  # of several notebooks, those with answers are looked for
    bomb = zipped({f"{n}.ipynb": bytes(2000) for n in range(40)})
    members = {"ada/a.zip": bomb, "bela/b.zip": zipped({f"{ID}.ipynb": b"{}"})}
    lines(course, archive(tmp_path / "in.zip", members))
    assert f"bela/{ID}/{ID}.ipynb" in submitted(course)


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
