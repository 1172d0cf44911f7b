"""Clones of GitHub Classroom, and the times of their commits."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from grader.course.settings import Course
from grader.intake.naming.github import last_commit
from tests.kit.course import ID
from tests.kit.downloads import download, taken


def git(repo: Path, *arguments: str, when: str = "2026-01-09T10:00:00+01:00") -> None:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_DATE": when,
    }
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", "-C", str(repo), *who, *arguments]
    subprocess.run(command, check=True, env=environment, capture_output=True)


def clone_of(folder: Path, name: str, file: str = "tiny.ipynb") -> Path:
    repo = folder / name
    download(repo, file)
    git(repo, "init")
    git(repo, "add", ".")
    git(repo, "commit", "-m", "work")
    return repo


def test_classroom_clones_are_taken_with_the_time_of_the_commit(
    course: Course, tmp_path: Path
) -> None:
    folder = tmp_path / "tiny-submissions"
    ada = clone_of(folder, "tiny-ada-l")
    (ada / "README.md").write_text("later, but no work")
    git(ada, "add", ".", when="2026-01-20T10:00:00+00:00")
    git(ada, "commit", "-m", "more", when="2026-01-20T10:00:00+00:00")
    git(ada, "gc")  # packs objects and references
    clone_of(folder, "tiny-okafor-7", "work/My answers.ipynb")
    clone_of(folder, "tiny-stranger")
    found, said = taken(course, folder)
    assert found == {"ada": "tiny.ipynb", "chidi": "work/My answers.ipynb"}
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    assert stamp.read_text() == "2026-01-09 09:00:00.000000 UTC"
    assert "stranger: left out: not in the roster; add github stranger" in said


def test_a_clone_cannot_make_git_run_anything(tmp_path: Path) -> None:
    repo = clone_of(tmp_path, "clone")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "gpg.program", "diff.external"):
        git(repo, "config", key, str(trap))
    for key, value in {
        "log.showSignature": "true",
        "core.hooksPath": str(tmp_path),
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "core.alternateRefsCommand": str(trap),
        "alias.log": f"!{trap}",
    }.items():
        git(repo, "config", key, value)
    for path in (repo / ".git" / "objects").glob("??/*"):
        path.chmod(0o644)
    assert last_commit(repo, PurePosixPath("tiny.ipynb")) == datetime(2026, 1, 9, 9, tzinfo=UTC)
    missing = next(iter((repo / ".git" / "objects").glob("??/*")))
    for path in (repo / ".git" / "objects").glob("??/*"):
        path.unlink()
    assert last_commit(repo, PurePosixPath("tiny.ipynb")) is None
    assert not missing.exists()
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("head", ["", "ref: ../../etc/passwd", "ref: refs/heads/../../x", "0" * 40])
def test_an_odd_clone_has_no_time(tmp_path: Path, head: str) -> None:
    repo = clone_of(tmp_path, "clone")
    (repo / ".git" / "HEAD").write_text(head)
    assert last_commit(repo, PurePosixPath("tiny.ipynb")) is None


def test_a_clone_whose_git_folder_is_elsewhere_has_no_time(tmp_path: Path) -> None:
    repo = clone_of(tmp_path, "clone")
    other = tmp_path / "other"
    other.mkdir()
    (other / ".git").symlink_to(repo / ".git")
    assert last_commit(other, PurePosixPath("tiny.ipynb")) is None


def test_the_classroom_before_the_assignment_is_no_part_of_the_user_name(
    course: Course, tmp_path: Path
) -> None:
    users = ["ada-l", "Okafor-7", "stranger-x", "stranger-y"]
    clones = [f"cs-101-{ID}-{user}" for user in users]
    files = [f"{clone}/{name}" for clone in clones for name in (".git/HEAD", f"{ID}.ipynb")]
    found, said = taken(course, download(tmp_path / "in", *files))
    assert found == {"ada": files[1], "chidi": files[3]}
    assert "stranger-x: left out: not in the roster; add github stranger-x" in said


def test_a_user_name_that_plays_a_classroom_is_not_believed(course: Course, tmp_path: Path) -> None:
    clones = ["hw1-okafor-7", "hw1-someone", f"hw1-x-{ID}-ada-l"]
    files = [f"{clone}/{name}" for clone in clones for name in (".git/HEAD", f"{ID}.ipynb")]
    assert "ada" not in taken(course, download(tmp_path / "in", *files))[0]
