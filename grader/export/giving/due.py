"""Which feedback pages are to be given, and what was given before.

`given/<assignment>/<system>.json` has the digest of the page that each student was given last. A
page goes only to its owner: the page names its owner, and files that are not exactly where and what
`grader feedback` wrote are refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.course.settings import Course
from grader.pages.class_feedback import Page, without_seal
from grader.system.files import write_whole

__all__ = ["Due", "Refused", "due_pages", "given_before", "keep_given"]

OWNER = re.compile(
    rb'\A<!doctype html>\s*<html[^<>]*>\s*<head>\s*<meta name="grader-page" '
    rb'content="([a-z0-9_]+)/([A-Za-z0-9._@-]+)">'
)
MAX_BYTES = 64 << 20
FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True)
class Due:
    """A page that its student is to be given.

    Args:
        student: student id, which is the owner that the page names.
        page: the page.
        digest: of the page, without what changes with each version of the kit.
        reason: "new" or "changed", or "again" if it was given before.
    """

    student: str
    page: bytes
    digest: str
    reason: str


class Refused(Exception):
    """Why a page is not given, in words for the instructor."""


def due_pages(
    assignment_id: str, pages: Iterable[Page], before: Mapping[str, str], *, everything: bool
) -> tuple[list[Due], dict[str, str]]:
    """Read the pages that are new or changed since they were given.

    Args:
        assignment_id: the assignment.
        pages: those that `grader feedback` has just brought up to date.
        before: the digests of what was given, by student.
        everything: whether pages that were given before are given again.

    Returns:
        The pages, and why others are not given, by student.
    """
    due: list[Due] = []
    problems: dict[str, str] = {}
    for page in pages:
        try:
            content = _own_page(assignment_id, page)
        except Refused as problem:
            problems[page.student] = str(problem)
            continue
        digest = hashlib.sha256(without_seal(content)).hexdigest()
        last = before.get(page.student)
        reason = "new" if last is None else "changed" if last != digest else "again"
        if everything or reason != "again":
            due.append(Due(page.student, content, digest, reason))
    return due, problems


def _own_page(assignment_id: str, page: Page) -> bytes:
    """The content of a student's page.

    Raises:
        Refused: there is none, it is not an ordinary file in folders of its own, or it names
            another owner.
    """
    if page.problem:
        raise Refused(page.problem)
    folders = (page.path.parent, page.path.parent.parent)
    if any(folder.is_symlink() for folder in folders):
        raise Refused(f"{page.path.parent}: a link; remove it and run `grader feedback` again")
    content = _content(page.path)
    owner = OWNER.match(content)
    expected = (assignment_id.encode(), page.student.encode())
    if owner is None or owner.groups() != expected:
        whose = "of nobody" if owner is None else f"of {owner[2].decode()}"
        raise Refused(f"{page.path}: the page {whose}; remove it and run `grader feedback` again")
    return content


def _content(path: Path) -> bytes:
    remedy = "remove it and run `grader feedback` again"
    try:
        with os.fdopen(os.open(path, FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                raise Refused(f"{path}: not an ordinary page; {remedy}")
            if status.st_nlink > 1:
                raise Refused(f"{path}: a second name of another file; {remedy}")
            return file.read()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; {remedy}") from None


def given_before(course: Course, assignment_id: str, kind: str) -> dict[str, str]:
    """The digests of the pages that were given last, by student.

    Args:
        course: the course.
        assignment_id: the assignment.
        kind: to which system they were given.
    """
    try:
        text = course.given_path(assignment_id, kind).read_text(encoding="utf-8")
        return {str(student): str(digest) for student, digest in json.loads(text).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def keep_given(course: Course, assignment_id: str, kind: str, pages: Iterable[Due]) -> None:
    """Remember that pages were given.

    Args:
        course: the course.
        assignment_id: the assignment.
        kind: to which system.
        pages: those that are there now.
    """
    given = given_before(course, assignment_id, kind)
    given |= {page.student: page.digest for page in pages}
    text = json.dumps(dict(sorted(given.items())), indent=1) + "\n"
    write_whole(course.given_path(assignment_id, kind), text)
