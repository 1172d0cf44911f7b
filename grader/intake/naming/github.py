"""GitHub: a folder of clones, one for each student.

`gh teacher download` of Classroom 50 (https://github.com/foundation50/classroom50/wiki) names a
clone `<classroom>-<assignment>-<user name>`, GitHub Classroom named it `<assignment>-<user name>`;
the name may also be the user name alone. The time of submission is that of the last commit that
touched the notebook. The clock of the student's computer set it.

A clone is hostile: its configuration can name programs for git to run. So git never reads its
configuration, hooks and index. It runs on an empty repository of our own, and takes only the
objects from the clone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.intake.naming.handed import Handed, shared_depth

__all__ = ["last_commit", "named"]

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REF = re.compile(r"ref: (refs/heads/[\w./-]{1,200})")
MAX_REFS = 1 << 20  # bytes of a file of references
ENOUGH = 3  # names that must have a title in common
TIMEOUT_S = 20
MEMORY_BYTES = 1 << 30


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files of clones: of folders with `.git` in them, at the top or one level below.

    Args:
        entries: paths of all files of the download.
        assignment_id: what a clone's name begins with; the rest is the user name.
    """
    clones = _outer({_above_git(PurePosixPath(entry)) for entry in entries}, shared_depth(entries))
    title = _title([clone.name for clone in clones], assignment_id)
    found = []
    for entry in entries:
        path = PurePosixPath(entry)
        clone = next((parent for parent in path.parents if parent in clones), None)
        if clone is not None and ".git" not in path.parts:
            key = _user_name(clone.name, title, assignment_id)
            own = path.relative_to(clone)
            level = len(clone.parts) - 1
            found.append(Handed(entry, own, key, "github", level=level, sign="-"))
    return found


def _outer(clones: Iterable[PurePosixPath | None], depth: int) -> set[PurePosixPath]:
    """Leave out clones inside a student's clone; a repository around all of them may be ours."""
    found = {clone for clone in clones if clone is not None}
    return {
        clone
        for clone in found
        if not any(parent in found and len(parent.parts) > depth for parent in clone.parents)
    }


def _above_git(path: PurePosixPath) -> PurePosixPath | None:
    if ".git" not in path.parts:
        return None
    index = path.parts.index(".git")
    return PurePosixPath(*path.parts[:index]) if 1 <= index <= 2 else None


def _title(names: Sequence[str], assignment_id: str) -> str:
    """The `<classroom>-<assignment>-` that all names have in common; "" without one.

    People choose their user names on GitHub, so a few names alike prove nothing.
    """
    for slug in _slugs(assignment_id):
        first = names[0].lower() if len(names) >= ENOUGH else ""
        title = first[: first.find(f"-{slug}-") + len(slug) + 2] if f"-{slug}-" in first else ""
        if title and all(name.lower().startswith(title) for name in names):
            return title
    return ""


def _user_name(clone: str, title: str, assignment_id: str) -> str:
    """The clone's name without what stands before the user name, as far as it is certain."""
    for prefix in (title, *(f"{slug}-" for slug in _slugs(assignment_id))):
        if prefix and clone.lower().startswith(prefix):
            return clone[len(prefix) :]
    return clone


def _slugs(assignment_id: str) -> tuple[str, str]:
    return assignment_id.lower(), assignment_id.lower().replace("_", "-")


def last_commit(clone: Path, file: PurePosixPath) -> datetime | None:
    """Find the time of the last commit of the clone's branch that touched a file.

    Args:
        clone: the clone's folder.
        file: the file's path in it.

    Returns:
        The committer's time; None if there is no git, no such commit, or anything odd.
    """
    git = shutil.which("git")
    folder = clone / ".git"
    if git is None or folder.is_symlink() or not folder.is_dir():
        return None
    head = _head(folder)
    objects = folder / "objects"
    if head is None or objects.is_symlink() or not objects.is_dir():
        return None
    with tempfile.TemporaryDirectory(prefix="grader-git-") as ours:
        for name in ("objects", "refs"):
            (Path(ours) / name).mkdir()
        (Path(ours) / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
        return _time_of(git, Path(ours), objects, head, file)


def _time_of(
    git: str, ours: Path, objects: Path, head: str, file: PurePosixPath
) -> datetime | None:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_DIR": str(ours),
        "GIT_OBJECT_DIRECTORY": str(objects.absolute()),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "HOME": str(ours),
        "LC_ALL": "C",
    }
    shallow = objects.parent / "shallow"
    if shallow.is_file() and not shallow.is_symlink():
        environment["GIT_SHALLOW_FILE"] = str(shallow.absolute())
    command = [git, "--no-pager", "log", "-1", "--format=%ct", head, "--", str(file)]
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=ours,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            preexec_fn=_bounded if os.name == "posix" else None,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    text = done.stdout.strip()
    try:
        return datetime.fromtimestamp(int(text), UTC) if done.returncode == 0 and text else None
    except (ValueError, OverflowError, OSError):
        return None


def _bounded() -> None:
    """Bound git's memory, since a small pack can unpack to any size."""
    import resource  # Windows has none

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _head(folder: Path) -> str | None:
    """The commit that the clone's HEAD names."""
    text = _small(folder / "HEAD")
    if COMMIT.fullmatch(text):
        return text
    match = REF.fullmatch(text)
    if match is None or ".." in match[1]:
        return None
    loose = _small(folder / match[1])
    if COMMIT.fullmatch(loose):
        return loose
    for line in _small(folder / "packed-refs").splitlines():
        commit, _, name = line.partition(" ")
        if name == match[1] and COMMIT.fullmatch(commit):
            return commit
    return None


def _small(path: Path) -> str:
    """Text of an ordinary small file; "" for anything else."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_REFS:
            return ""
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
