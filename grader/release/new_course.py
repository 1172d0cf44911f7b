"""`grader init`: a course folder of one's own, from the kit's assignments or from another course.

Everything is written into a folder beside, course.yml last, and then put in its place. A command
that is interrupted leaves no half of a course.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from grader.course.folder import is_debris
from grader.course.roster import COLUMNS
from grader.course.sample import sample_course
from grader.course.settings import COURSE_FILE, Course
from grader.errors import UsageError
from grader.release.course_text import assignments_of, first_text, for_next_time, template
from grader.release.scaffold import first_assignment
from grader.system.files import write_whole

__all__ = ["NewCourse", "course_like", "course_with", "is_vacant", "new_course"]

CONFIG, IGNORED, PARTIAL = "nbgrader_config.py", ".gitignore", ".gates.part"
NAME = "Neural networks from first principles"
SEEDS = 10**12
DATABASE = "sqlite:///"
HEADERS = {"extensions": "student,assignment,until,days,reason", "groups": "group,student"}


@dataclass(frozen=True)
class NewCourse:
    """A course that was just made.

    Args:
        course: the course.
        replaced: keys that named something of the other course, with what they say now.
        left: files and folders of the other course that stayed there.
    """

    course: Course
    replaced: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def new_course(
    root: Path, ids: Sequence[str] = (), name: str = NAME, first_due: date | None = None
) -> NewCourse:
    """Make a course of the kit's own assignments.

    Args:
        root: its folder, which may exist if it has no course.
        ids: the assignments; none means all.
        name: the course's title.
        first_due: the day on which the first assignment is due; the others follow as in the kit's
            course. None: nothing has a due date yet.

    Raises:
        UsageError: an id is unknown, or the folder holds a course or cannot be written. Nothing is
            written then.
    """
    source = Course.load(sample_course())
    chosen = [assignment.id for assignment in source.chosen(tuple(ids))]
    listed = assignments_of(_text(source)).replace(":00+00:00", "")  # in the course's time zone
    text = first_text(name, _seed(), listed)
    with _staged(root, name) as folder:
        _copy_solutions(source, chosen, folder)
        _write(folder, source, for_next_time(text, {}, chosen, first_due))
    return NewCourse(Course.load(root))


def course_with(root: Path, assignment_id: str) -> NewCourse:
    """Make a course whose only assignment is a small one to start from.

    Args:
        root: its folder, which may exist if it has no course.
        assignment_id: id of that assignment.

    Raises:
        UsageError: the id is not valid, or the folder holds a course or cannot be written.
    """
    entry, sources = first_assignment(assignment_id)
    source = Course.load(sample_course())
    with _staged(root, NAME) as folder:
        for name, text in sources.items():
            write_whole(folder / "solutions" / assignment_id / name, text)
        _write(folder, source, first_text("My course", _seed(), entry))
    return NewCourse(Course.load(root))


def course_like(
    root: Path,
    like: Path,
    ids: Sequence[str] = (),
    name: str | None = None,
    first_due: date | None = None,
) -> NewCourse:
    """Make a course for the next class, with the texts, rules and assignments of an earlier one.

    Students, submissions and grades stay behind. The seed is new, and due dates are moved or made
    comments.

    Args:
        root: its folder, which may exist if it has no course.
        like: folder of the earlier course.
        ids: the assignments; none means all.
        name: its title; None keeps the earlier one.
        first_due: the day on which the first assignment is due; the others keep their distance to
            it. None: nothing has a due date yet.

    Raises:
        CourseError: the earlier course.yml is missing or wrong.
        UsageError: an id is unknown, or the folder holds a course or cannot be written. Nothing is
            written then.
    """
    source = Course.load(like)
    chosen = [assignment.id for assignment in source.chosen(tuple(ids))]
    own = _of_its_own(source)
    values: dict[str, str | int] = {"seed": _seed(), **own}
    if name is not None:
        values["name"] = name
    with _staged(root, name or source.name) as folder:
        unfit = _copy_solutions(source, chosen, folder)
        _write(folder, source, for_next_time(_text(source), values, chosen, first_due))
    taken = {COURSE_FILE, CONFIG, IGNORED, "solutions", "assignments", root.name}
    left = sorted(p.name for p in source.root.iterdir() if p.name not in taken and p.name != ".git")
    return NewCourse(
        Course.load(root),
        tuple(f"{key}: {value}" for key, value in own.items()),
        (*left, *sorted(unfit)),
    )


def is_vacant(root: Path) -> bool:
    """Whether a folder is missing or empty, but for what version control keeps there."""
    return not root.exists() or (
        root.is_dir() and all(path.name.startswith(".git") for path in root.iterdir())
    )


def _seed() -> int:
    return secrets.randbelow(SEEDS)


def _text(course: Course) -> str:
    return (course.root / COURSE_FILE).read_text(encoding="utf-8")


def _of_its_own(course: Course) -> dict[str, str]:
    """New values for keys that name something outside the folder, which both courses would use."""
    databases = {"gradebook": course.gradebook, "desk.database": course.desk.database}
    found = {
        key: f"{DATABASE}{key.split('.')[0]}.db"
        for key, url in databases.items()
        if not url.startswith(DATABASE) or _is_outside(course, url.removeprefix(DATABASE))
    }
    for key in ("roster", "extensions", "groups"):
        if _is_outside(course, getattr(course, key)):
            found[key] = f"{key}.csv"
    return found


def _is_outside(course: Course, path: str) -> bool:
    inside = (course.root / path).resolve().is_relative_to(course.root.resolve())
    return PurePath(path).is_absolute() or not inside


def _copy_solutions(source: Course, ids: Sequence[str], folder: Path) -> list[str]:
    """Copy what an assignment is made of; returns what is left out because of what it is."""
    left: list[str] = []

    def ignored(inside: str, names: list[str]) -> set[str]:
        debris = {name for name in names if name == PARTIAL or is_debris(PurePath(name))}
        paths = [Path(inside) / name for name in names if name not in debris]
        unfit = [path for path in paths if not _is_own(source, path)]
        left.extend(str(path.relative_to(source.root)) for path in unfit)
        return debris | {path.name for path in unfit}

    for assignment_id in ids:
        solution = source.solution_dir(assignment_id)
        if not solution.is_dir():
            raise UsageError(f"{solution}: not found; course.yml lists this assignment")
        try:
            shutil.copytree(solution, folder / "solutions" / assignment_id, ignore=ignored)
        except shutil.Error as error:
            path, _, reason = error.args[0][0]
            raise UsageError(f"{path}: cannot be copied ({reason})") from None
    return left


def _is_own(source: Course, path: Path) -> bool:
    """Whether it is a file or folder of the solutions, or a link to a file of them."""
    if not path.is_symlink():
        return path.is_file() or path.is_dir()
    target = path.resolve()
    return target.is_file() and target.is_relative_to((source.root / "solutions").resolve())


def _write(folder: Path, source: Course, text: str) -> None:
    """Write what a course has beside its solutions; it is whole when course.yml is there."""
    config = source.root / CONFIG
    if not config.is_file():
        config = sample_course() / CONFIG
    write_whole(folder / CONFIG, config.read_bytes())
    write_whole(folder / IGNORED, template("gitignore"))
    write_whole(folder / COURSE_FILE, text)
    course = Course.load(folder)
    write_whole(course.roster_path, f"{','.join(COLUMNS)}\n")
    for key, header in HEADERS.items():
        if key in course.model_fields_set:  # a file that course.yml names has to be there
            write_whole(folder / getattr(course, key), f"{header}\n")


@contextmanager
def _staged(root: Path, name: str) -> Iterator[Path]:
    """A folder to write a course into, which then becomes `root` or is put into it."""
    if (root / COURSE_FILE).exists():
        raise UsageError(f"{root}: holds a course already; name another folder")
    if os.path.lexists(root) and not root.is_dir():
        raise UsageError(f"{root}: is no folder; name another one")
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise UsageError("the name of a course is one line of 1 to 200 characters")
    try:
        parent = root if root.exists() else root.absolute().parent
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=".new-course-") as scratch:
            folder = Path(scratch) / "course"
            folder.mkdir()
            yield folder
            if parent == root:
                _put_into(folder, root, Path(scratch))
            else:
                folder.rename(root)
    except OSError as error:
        problem = f"cannot be made ({error.strerror}); name another folder"
        raise UsageError(f"{root}: {problem}") from None


def _put_into(folder: Path, root: Path, scratch: Path) -> None:
    """Move everything into a folder that exists; if that fails, all is as it was."""
    names = sorted((path.name for path in folder.iterdir()), key=lambda name: name == COURSE_FILE)
    taken = [name for name in names if (root / name).exists()]
    for name in (name for name in taken if name not in (IGNORED, "roster.csv")):
        raise UsageError(f"{root / name}: exists; name another folder, or move it away")
    if IGNORED in taken:
        ours, theirs = folder / IGNORED, (root / IGNORED).read_text(encoding="utf-8")
        write_whole(ours, f"{theirs.rstrip()}\n\n{ours.read_text(encoding='utf-8')}".lstrip())
    moved: list[str] = []
    try:
        for name in names:
            if name in taken and name != IGNORED:  # a roster that is there already stays
                continue
            if name in taken:
                (root / name).rename(scratch / name)
            moved.append(name)
            (folder / name).rename(root / name)
    except BaseException:
        _take_back(moved, folder, root, scratch)
        raise


def _take_back(moved: Sequence[str], folder: Path, root: Path, scratch: Path) -> None:
    for name in moved:
        if not (folder / name).exists():
            (root / name).rename(folder / name)
        if (scratch / name).exists():
            (scratch / name).rename(root / name)
