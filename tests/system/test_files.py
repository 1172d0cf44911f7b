"""Files appear whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from grader.system.files import hide_from_others, one_at_a_time, write_whole


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b" / "text", "é\r\n\n")
    write_whole(tmp_path / "bytes", b"\x00\xff")
    assert (tmp_path / "a" / "b" / "text").read_bytes() == "é\r\n\n".encode()
    assert (tmp_path / "bytes").read_bytes() == b"\x00\xff"


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for content in ("long " * 1000, "short"):
        write_whole(tmp_path / "file", content)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "short"


def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "file", "old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "file", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


def test_text_that_is_no_unicode_touches_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "file", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("theirs")
    (tmp_path / "link").symlink_to(other)
    write_whole(tmp_path / "link", "ours")
    assert (other.read_text(), (tmp_path / "link").is_symlink()) == ("theirs", False)


def test_a_reader_sees_one_whole_content_or_the_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = {letter * 200_000 for letter in "ab"}
    write_whole(path, next(iter(contents)))
    done = threading.Event()

    def write() -> None:
        for content in list(contents) * 20:
            write_whole(path, content)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert path.read_text() in contents
    writer.join()
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208


def test_what_a_killed_writer_left_is_used_up(tmp_path: Path) -> None:
    (tmp_path / ".file.part").write_text("half a long content")
    write_whole(tmp_path / "file", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "new"


def test_two_writers_of_one_file_wait_for_each_other(tmp_path: Path) -> None:
    contents = [letter * 100_000 for letter in "abcd"]

    def write_often(content: str) -> None:
        for _ in range(30):
            write_whole(tmp_path / "file", content)

    writers = [threading.Thread(target=write_often, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert (tmp_path / "file").read_text() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o640), (0o077, 0o600), (0o002, 0o660)])
def test_others_can_read_nothing_that_the_grader_writes(
    tmp_path: Path, umask: int, mode: int
) -> None:
    (tmp_path / "old").touch(0o666)
    (tmp_path / "old").chmod(0o644)
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "new", "x")
        write_whole(tmp_path / "old", "x")
        hide_from_others(tmp_path / "made")
    finally:
        os.umask(before)
    for name in ("new", "old", "made"):
        assert (tmp_path / name).stat().st_mode & 0o777 == mode


def test_permissions_of_others_are_taken_from_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "file").chmod(0o664)
    hide_from_others(tmp_path / "file")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o660
    assert (tmp_path / "file").read_text() == "x"


def test_the_second_of_two_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with one_at_a_time(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with one_at_a_time(tmp_path / "lock"):
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    with one_at_a_time(tmp_path / "no" / "folder"):  # nothing can be written there
        pass
