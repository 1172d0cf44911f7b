"""How much a box has written, where it has no file system of its own."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.box.jail.scratch_use import is_overfull

MIB = 1 << 20


def full(folder: Path, *, megabytes: int = 1, files: int = 10) -> bool:
    return is_overfull(str(folder), [os.getpid()], megabytes * MIB, files)


def test_files_count_with_all_their_folders(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(bytes(MIB // 2))
    assert not full(tmp_path)
    (tmp_path / "a" / "d").write_bytes(bytes(MIB))
    assert full(tmp_path)


def test_many_small_files_are_too_many(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / str(number)).touch()
    assert not full(tmp_path)
    (tmp_path / "one more").mkdir()
    assert full(tmp_path)


def test_a_removed_file_that_is_still_open_counts(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.write(bytes(2 * MIB))
        file.flush()
        (tmp_path / "a").unlink()
        assert full(tmp_path)
    assert not full(tmp_path)


def test_a_removed_file_counts_once_however_many_hold_it(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.write(bytes(3 * MIB // 4))
        file.flush()
        (tmp_path / "a").unlink()
        again = os.dup(file.fileno())
        assert not is_overfull(str(tmp_path), [os.getpid()] * 2, MIB, 10)
        os.close(again)


def test_a_removed_file_that_is_only_mapped_counts(tmp_path: Path) -> None:
    with (tmp_path / "a").open("w+b") as file:
        file.write(bytes(2 * MIB))
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0)
    (tmp_path / "a").unlink()
    assert full(tmp_path)
    mapped.close()
    assert not full(tmp_path)


def test_a_link_counts_for_itself_not_for_what_it_leads_to(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "large").write_bytes(bytes(3 * MIB))
    (inside / "link").symlink_to(tmp_path / "large")
    (inside / "loop").symlink_to(inside)
    assert not full(inside)


def test_a_file_that_goes_while_it_is_counted_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def stat(self, follow_symlinks: bool) -> None:
            raise FileNotFoundError

    (tmp_path / "large").write_bytes(bytes(2 * MIB))
    real = os.scandir

    @contextmanager
    def with_one_gone(folder: str) -> Iterator[list[Any]]:
        with real(folder) as entries:
            yield [Gone(), *entries]

    monkeypatch.setattr(os, "scandir", with_one_gone)
    assert full(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_that_cannot_be_listed_counts_as_too_much(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0)
    try:
        assert full(tmp_path)
    finally:
        hidden.chmod(0o700)


def test_what_is_gone_meanwhile_counts_nothing(tmp_path: Path) -> None:
    assert not full(tmp_path / "gone")
