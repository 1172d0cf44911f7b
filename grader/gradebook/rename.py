"""`grader rename`: a student gets another id, and everything of theirs follows.

A file in the course folder says that a renaming has begun. As long as it is there, other commands
refuse to work, and the same renaming can be finished, wherever it was stopped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from grader.course.deadlines import Deadlines
from grader.course.held import held_path
from grader.course.ids import USABLE_ID, is_safe_student
from grader.course.renamed import load_renamings, with_cells
from grader.course.roster import load_people
from grader.course.roster_file import open_roster
from grader.course.settings import RENAMING, SQLITE, Course
from grader.errors import UsageError
from grader.system.files import write_whole
from grader.system.table import Table, read_table

__all__ = ["rename"]


def rename(course: Course, old: str, new: str) -> list[str]:
    """Give a student another id: in files, tables and gradebook.

    Args:
        course: the course, loaded in spite of a renaming that was stopped.
        old: the id that the student has.
        new: the id that the student gets.

    Returns:
        What was renamed, in words; empty if that was done before.

    Raises:
        UsageError: one of the ids cannot be used, nobody has the old one, or somebody has the new
            one. Nothing is changed then.
        GradebookError: the gradebook refuses; the same renaming can be finished later.
    """
    mark, begun = course.root / RENAMING, _begun(course)
    if begun is None:
        if _is_done(course, old, new):
            return []
        _refuse(course, old, new)
        write_whole(mark, json.dumps({"old": old, "new": new}) + "\n")
    elif begun != (old, new):
        before = repr(" ".join(begun))[1:-1]
        raise UsageError(
            f"{mark}: another renaming was stopped; finish it first: grader rename {before}"
        )
    load_renamings(course.root).save_with(old, new)
    said = [*_in_gradebook(course, old, new), *_in_files(course, old, new)]
    _in_notes(course, old, new)
    said += _in_tables(course, old, new)
    mark.unlink()
    return said


def _begun(course: Course) -> tuple[str, str] | None:
    """The renaming that was stopped."""
    path = course.root / RENAMING
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data["old"]), str(data["new"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: cannot be read; take the course from a backup") from None


def _is_done(course: Course, old: str, new: str) -> bool:
    """Whether this renaming was done before, so that there is nothing left to do."""
    return load_renamings(course.root).now.get(old) == new and old not in _everyone(course)


def _refuse(course: Course, old: str, new: str) -> None:
    """Make sure that the renaming can be done and is meant.

    Raises:
        UsageError: it cannot be done, or it may be a typing error.
    """
    for student in (old, new):
        if not is_safe_student(student):
            raise UsageError(f"{repr(student)[:70]} cannot be a student id. {USABLE_ID}")
    if old == new:
        raise UsageError(f"{old}: the old and the new id are the same")
    everyone, renamings = _everyone(course), load_renamings(course.root)
    if old not in everyone:
        now = renamings.now.get(old)
        told = f"is {now} now" if now else "nobody has this id in the roster, a folder or gradebook"
        raise UsageError(f"{old}: {told}")
    if renamings.now.get(new, old) != old:
        owner = renamings.now[new]
        raise UsageError(f"{new}: was the id of {owner} before, and old downloads name them so")
    _refuse_taken(course, old, new, everyone)
    _try_tables(course, old, new)


def _refuse_taken(course: Course, old: str, new: str, everyone: Collection[str]) -> None:
    roster = load_people(course)
    if {old, new} <= roster.everyone.keys():
        raise UsageError(
            f"{course.roster_path}: has {old} and {new}; if they are the same person, take the row "
            f"of {new} out, and run this again"
        )
    for other in everyone:
        is_alike = other != old and other.casefold() == new.casefold()
        if is_alike and (other != new or _has_work(course, new)):
            raise UsageError(f"{new}: {other} is there already; give the student another id")


def _everyone(course: Course) -> set[str]:
    """Everybody who is in the roster or has work, in a folder or in the gradebook."""
    found = set(load_people(course).everyone)
    found |= {path.stem for path in course.root.glob("results/*/*.json")}
    found |= {path.name for path in course.root.glob("attempts/*/*")}
    for folder in _folders(course):
        found |= {path.name for path in folder.glob("*")}
    if _has_gradebook(course):
        from grader.gradebook.book import CourseGradebook  # takes half a second to import

        with CourseGradebook(course, Deadlines()) as book:
            found |= book.students()
    return {student for student in found if not student.startswith(".")}


def _has_work(course: Course, student: str) -> bool:
    paths = [*_work(course, student), *course.root.glob(f"results/*/{student}.json")]
    if any(not path.is_dir() or any(path.iterdir()) for path in paths if path.exists()):
        return True
    if not _has_gradebook(course):
        return False
    from grader.gradebook.book import CourseGradebook

    with CourseGradebook(course, Deadlines()) as book:
        return book.has_work(student)


def _folders(course: Course) -> Iterator[Path]:
    """Folders with one entry for each student."""
    yield from (course.submitted_dir, course.autograded_dir, course.feedback_dir)


def _work(course: Course, student: str) -> list[Path]:
    """Where a student's files may be, the records apart."""
    attempts = course.attempts_dir
    by_assignment = sorted(attempts.iterdir()) if attempts.is_dir() else []
    return [folder / student for folder in (*by_assignment, *_folders(course))]


def _in_files(course: Course, old: str, new: str) -> Iterator[str]:
    for before, after in zip(_work(course, old), _work(course, new), strict=True):
        if before.exists():
            if after.is_dir() and not any(after.iterdir()):
                after.rmdir()
            before.rename(after)
            yield str(after.relative_to(course.root))
    for record in sorted(course.root.glob(f"attempts/*/{new}/*/result.json")):
        _rewrite(record, record, new)
    for record in sorted(course.root.glob(f"results/*/{old}.json")):
        after = record.with_name(f"{new}.json")
        _rewrite(record, after, new)
        if not after.samefile(record):
            record.unlink()
        yield str(after.relative_to(course.root))


def _in_notes(course: Course, old: str, new: str) -> None:
    """Whose work is best in a group, what was given by hand, which pages were given."""
    for path in sorted(course.root.glob("results/*.best")):
        best = {group: new if who == old else who for group, who in _kept(path).items()}
        write_whole(path, json.dumps(best, ensure_ascii=False) + "\n")
    begin = f"{old}/"
    for path in sorted(
        (*course.root.glob("results/*.shared"), *course.root.glob("results/*.rubric"))
    ):
        copies = {
            f"{new}/{key.removeprefix(begin)}" if key.startswith(begin) else key: value
            for key, value in _kept(path).items()
        }
        write_whole(path, json.dumps(copies) + "\n")
    for path in sorted(course.root.glob("given/*/*.json")):
        given = {new if who == old else who: digest for who, digest in _kept(path).items()}
        write_whole(path, json.dumps(dict(sorted(given.items())), indent=1) + "\n")


def _kept(path: Path) -> dict[str, Any]:
    """What such a file holds; nothing if it is damaged, as its other readers take it."""
    try:
        return dict(json.loads(path.read_bytes()))
    except (ValueError, TypeError):
        return {}


def _rewrite(record: Path, target: Path, student: str) -> None:
    """Write a record under its new owner's name; its fingerprint stays, so does its place in it."""
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
        data["student"] = student
        text = json.dumps(data, ensure_ascii=False) + "\n"
    except (ValueError, TypeError):  # damaged: it will be graded again under either name
        text = record.read_text(encoding="utf-8", errors="replace")
    write_whole(target, text)


def _in_gradebook(course: Course, old: str, new: str) -> Iterator[str]:
    if not _has_gradebook(course):
        return
    from grader.gradebook.book import CourseGradebook

    with CourseGradebook(course, Deadlines()) as book:
        if book.rename(old, new):
            yield "gradebook"


def _has_gradebook(course: Course) -> bool:
    """Whether there is a gradebook to look into; looking must not make one."""
    url = course.gradebook_url
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()


def _tables(course: Course) -> list[Table]:
    paths = (course.extensions_path, course.groups_path, held_path(course))
    return [read_table(path) for path in paths if path.exists()]


def _try_tables(course: Course, old: str, new: str) -> None:
    """Make what would be written, so that a table that cannot be is found before anything is."""
    for table in _tables(course):
        with_cells(table, "student", old, new).to_bytes()
    if old in load_people(course).everyone:
        file = open_roster(course).renamed(old, new)
        file.roster  # noqa: B018 — raises if the renamed roster would be none
        file.table.to_bytes()


def _in_tables(course: Course, old: str, new: str) -> Iterator[str]:
    if old in load_people(course).everyone:
        open_roster(course).renamed(old, new).save()
        yield course.roster
    for table in _tables(course):
        renamed = with_cells(table, "student", old, new)
        if renamed != table:
            write_whole(table.path, renamed.to_bytes())
            yield table.path.name
