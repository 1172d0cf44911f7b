"""Downloads of a learning management system, and a course with a roster of their students."""

from __future__ import annotations

import zipfile
from pathlib import Path

from grader.course.settings import Course
from grader.intake.collect import collect
from tests.kit.course import ID, write_course

ROSTER = """\
id,first_name,last_name,email,canvas_id,moodle_id,github
ada,Ada,Lovelace,ada@example.org,501,,ada-l
bela,Béla,von Szabó,bela@example.org,,,
chidi,Chidi,Okafor,chidi@example.org,,7003,Okafor-7
mei1,Mei,Lin,,,,
mei2,Mei,Lin,,,,
"""


def write_course_with_roster(root: Path) -> Course:
    """The tiny course and its roster of five."""
    course = write_course(root)
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    return course


def download(folder: Path, *names: str) -> Path:
    """Write files with these names, each of which holds its name."""
    for name in names:
        put(folder, name, name)  # so that the content tells which file was taken
    return folder


def taken(course: Course, source: Path, naming: str | None = None) -> tuple[dict[str, str], str]:
    """Content of the collected notebooks, by student, and the lines that were printed."""
    said = "\n".join(lines(course, source, naming))
    root = course.submitted_dir
    found = {p.parent.parent.name: p.read_text() for p in root.glob(f"*/{ID}/{ID}.ipynb")}
    return found, said


def submitted(course: Course) -> set[str]:
    """All files below submitted/."""
    root = course.submitted_dir
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def put(folder: Path, name: str, content: str = "{}") -> None:
    """Write a file, and the folders that it needs."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def lines(course: Course, source: Path, naming: str | None = None) -> list[str]:
    """The lines that collecting a download prints."""
    return [str(line) for line in collect(course, ID, source, naming)]
