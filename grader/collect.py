"""`grader collect`: a folder or zip of submissions → submitted/, nothing trusted on the way.

Only notebooks are taken, under names of our own; a zip is read member by member and never
extracted. Links, unsafe student ids and absurd sizes are listed and left out. No time of
submission is noted: the times in a download are the download's.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.course import Course
from grader.errors import UsageError
from grader.files import write_whole
from grader.intake import MAX_BYTES, is_safe_student

__all__ = ["collect"]

MAX_MEMBERS = 100_000
MAX_RATIO = 200  # notebooks compress ten- to fiftyfold
SYMLINK = 0o120000


def collect(course: Course, assignment_id: str, source: Path) -> Iterator[str]:
    """Take over each student's notebook; yields a line for every one, taken or not.

    Args:
        course: the course.
        assignment_id: which assignment they are for.
        source: a folder or zip with `<student>/…/<name>.ipynb`.

    Raises:
        UsageError: the source is neither, or holds no notebook.
    """
    found = 0
    for student, name, data in _notebooks(source, assignment_id):
        found += 1
        if isinstance(data, str):
            yield f"{_shown(student)}: left out: {data}"
        elif not is_safe_student(student):
            yield f"{_shown(student)}: left out: no usable student id"
        else:
            yield f"{student}: {_take(course, assignment_id, student, data)} ({_shown(name)})"
    if not found:
        raise UsageError(f"{source}: no notebook in it; expected <student>/{assignment_id}.ipynb")


def _take(course: Course, assignment_id: str, student: str, data: bytes) -> str:
    path = course.submitted_dir / student / assignment_id / f"{assignment_id}.ipynb"
    if path.is_file() and path.read_bytes() == data:
        return "unchanged"
    word = "replaced" if path.exists() else "collected"
    write_whole(path, data)
    return word


def _notebooks(source: Path, assignment_id: str) -> Iterator[tuple[str, str, bytes | str]]:
    """Student, file name and content, or the reason why there is none; one per student."""
    if source.is_dir():
        entries = sorted(source.rglob("*.ipynb"))
        names = {path.relative_to(source).as_posix(): path for path in entries}
        for student, name in _chosen(list(names), assignment_id):
            yield student, name, _from_file(names[name])
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise UsageError(f"{source}: more than {MAX_MEMBERS} files in it")
            by_name = {m.filename: m for m in members if m.filename.lower().endswith(".ipynb")}
            for student, name in _chosen(list(by_name), assignment_id):
                yield student, name, _from_zip(archive, by_name[name])
    else:
        raise UsageError(f"{source}: neither a folder nor a zip file")


def _chosen(names: list[str], assignment_id: str) -> Iterator[tuple[str, str]]:
    """For each student one path: the one named after the assignment, else the only one."""
    by_student: dict[str, list[str]] = {}
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if len(parts) >= 2 and ".ipynb_checkpoints" not in parts and "__MACOSX" not in parts:
            by_student.setdefault(parts[0], []).append(name)
    for student, paths in sorted(by_student.items()):
        exact = [p for p in paths if PurePosixPath(p).stem == assignment_id]
        own = [p for p in paths if f"/{assignment_id}/" in p]
        yield student, (exact or own or paths)[0]


def _from_file(path: Path) -> bytes | str:
    if path.is_symlink():
        return "a link, not a file"
    if path.stat().st_size > MAX_BYTES:
        return f"larger than {MAX_BYTES >> 20} MiB"
    return path.read_bytes()


def _from_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | str:
    if member.external_attr >> 16 & 0o170000 == SYMLINK:
        return "a link, not a file"
    if member.file_size > MAX_BYTES or member.file_size > MAX_RATIO * (member.compress_size + 1024):
        return "expands to an absurd size"
    try:
        with archive.open(member) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        return f"cannot be unpacked ({type(error).__name__})"
    return data if len(data) <= MAX_BYTES else "expands to an absurd size"


def _shown(text: str) -> str:
    return re.sub(r"[^\w .@()/-]", "?", text)[:80]
