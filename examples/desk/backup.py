"""Copies a course folder while its desk runs, so that the copy is one that can be served.

    python backup.py /srv/course /backup/2026-10-05

Needs nothing but Python. The desk's database is copied first: every attempt that it knows is on
disk by then. The gradebook is copied last: every record that was copied has its scores there. What
was graded in between is graded again from the copy, with the same result.

Databases in PostgreSQL are not in the folder; copy them by pg_dump, in the same order.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

DESK, GRADEBOOK = "desk.db", "gradebook.db"
MADE_AGAIN = ("feedback", "reports", "site")
PASSED_OVER = shutil.ignore_patterns(
    f"{DESK}*", f"{GRADEBOOK}*", "*.lock", ".*.part", "links.csv", "invitations", *MADE_AGAIN
)


def main() -> None:
    """Copy from the first folder into the second, which must not be there yet."""
    if len(sys.argv) != 3:
        sys.exit("usage: python backup.py COURSE TARGET")
    course, target = Path(sys.argv[1]), Path(sys.argv[2])
    if not (course / "course.yml").is_file():
        sys.exit(f"{course}: there is no course.yml; name the course folder")
    if target.exists():
        sys.exit(f"{target}: is there already; name a new folder")
    if target.resolve().is_relative_to(course.resolve()):
        sys.exit(f"{target}: is in the course folder; name a folder elsewhere")
    os.umask(0o077)  # the copy holds scores and solutions
    unfinished = target.with_name(f"{target.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    copy_database(course / DESK, unfinished / DESK)
    copy_files(course, unfinished)
    copy_database(course / GRADEBOOK, unfinished / GRADEBOOK)
    unfinished.rename(target)


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is at one moment, also while others write to it.

    Args:
        source: the database; nothing is done if it is not there.
        target: its copy.
    """
    if not source.exists():
        return
    address = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def copy_files(course: Path, target: Path) -> None:
    """Copy everything else; files appear whole in a course, so each copy is whole, too.

    Args:
        course: the course folder.
        target: the folder that gets the copies.
    """
    shutil.copytree(
        course, target, ignore=PASSED_OVER, copy_function=_copy, dirs_exist_ok=True, symlinks=True
    )


def _copy(source: str, target: str) -> None:
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        return  # replaced or taken away meanwhile


if __name__ == "__main__":
    main()
