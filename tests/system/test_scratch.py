"""Scratch folders are removed when their process ends, or by the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.system import scratch

MAKES_ONE = (
    "import sys, grader.system.scratch; print(grader.system.scratch.new_folder('box'), flush=True)"
)
WAITS = f"{MAKES_ONE}; sys.stdin.read()"


@contextmanager
def process(code: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that made a scratch folder, and that folder."""
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    environment = {"TMPDIR": str(folder), "PYTHONPATH": str(Path(scratch.__file__).parents[2])}
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as started:
        assert started.stdout is not None
        try:
            yield started, Path(started.stdout.readline().strip())
        finally:
            started.kill()


def run_another(folder: Path) -> None:
    with process(MAKES_ONE, folder) as (another, _):
        assert another.wait(30) == 0


def test_a_process_leaves_nothing(tmp_path: Path) -> None:
    run_another(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_file_tries_the_folder_since_a_kill_would_leave_it(tmp_path: Path) -> None:
    opened = (
        "import sys\n"
        "sys.addaudithook(lambda event, args: event == 'open' and print(args[0]))\n"
        "import grader.system.scratch; grader.system.scratch.new_folder('box')"
    )
    environment = {"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(scratch.__file__).parents[2])}
    command = [sys.executable, "-c", opened]
    shown = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    beside = [line for line in shown.stdout.split("\n") if line.startswith(str(tmp_path))]
    assert beside and all(Path(line).name.startswith(scratch.PREFIX) for line in beside)


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    with process(WAITS, tmp_path) as (victim, made):
        (made / "locked" / "deeper").mkdir(parents=True)
        (made / "locked").chmod(0)
        made.chmod(0)
        victim.kill()
        victim.wait(30)
        assert made.is_dir()
        run_another(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_leftovers_can_be_removed_without_making_a_folder(tmp_path: Path) -> None:
    with process(WAITS, tmp_path) as (victim, _):
        victim.kill()
        victim.wait(30)
        with process(
            "import grader.system.scratch; grader.system.scratch.remove_leftovers()", tmp_path
        ) as (
            n,
            _,
        ):
            assert n.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


def test_what_belongs_to_a_running_process_stays(tmp_path: Path) -> None:
    with process(WAITS, tmp_path) as (_, made):
        run_another(tmp_path)
        assert made.is_dir()


def test_folders_and_links_of_that_name_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "kept").mkdir(parents=True)
    inside = tmp_path / "tmp"
    inside.mkdir()
    (inside / f"{scratch.PREFIX}link").symlink_to(outside)
    run_another(inside)
    assert (outside / "kept").is_dir()


def test_a_folder_taken_for_a_leftover_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may remove it after it is made and before it is locked."""
    lock, tried = scratch.lock, []

    def too_late(folder: Path) -> int | None:
        tried.append(folder)
        if len(tried) == 1:
            folder.rmdir()
        return lock(folder)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "lock", too_late)
    made = scratch.new_folder("box")
    assert (made.is_dir(), made.parent, len(tried)) == (True, tried[1], 2)
    scratch.remove_tree(made.parent)


def test_a_folder_is_made_even_where_none_can_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "lock", lambda folder: None)
    made = scratch.new_folder("box")
    assert [made.is_dir(), *tmp_path.iterdir()] == [True, made.parent]
    scratch.remove_tree(made.parent)


@pytest.mark.parametrize(
    "name", ["d" * 200, "d"], ids=["longer than a path", "deeper than a stack"]
)
def test_a_tree_is_removed_however_deep_it_is(tmp_path: Path, name: str) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "link").symlink_to(tmp_path)
    where = os.open(made, os.O_RDONLY)
    for _ in range(1500 if name == "d" else 30):
        os.mkdir(name, dir_fd=where)
        where, before = os.open(name, os.O_RDONLY, dir_fd=where), where
        os.close(before)
    os.close(os.open("file", os.O_CREAT, dir_fd=where))
    os.fchmod(where, 0)
    os.close(where)
    scratch.remove_tree(made)
    assert list(tmp_path.iterdir()) == []
