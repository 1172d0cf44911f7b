"""Which file of a hand-in is the submission, if there are several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.course.settings import Course
from grader.intake.archive import Archive
from grader.intake.naming.handed import Handed, shown
from grader.intake.reading import answers_in
from grader.notebook import Notebook

__all__ = ["Choice", "named"]

COPY_MARK = re.compile(r"( ?\(\d{1,3}\)|-\d{1,3})$")  # browsers and Canvas number further copies


@dataclass(frozen=True)
class Choice:
    """Chooses by the names of files, and by what is in those that are named alike.

    Args:
        course: the course.
        assignment_id: the assignment that the submission is for.
        archive: what the files are read from.
        kind: the naming that they follow.
        release: the assignment's release, if it is built.
    """

    course: Course
    assignment_id: str
    archive: Archive
    kind: str
    release: Notebook | None

    def notebooks(self, files: Sequence[Handed]) -> list[Handed]:
        """The notebooks that may be of this assignment, by their names."""
        wanted = self.assignment_id
        notebooks = [f for f in files if f.own.suffix.lower() == ".ipynb"]
        notebooks = [f for f in notebooks if wanted in f.own.parts[:-1]] or notebooks
        others = {a.id for a in self.course.assignments} - {wanted}
        return [f for f in notebooks if not others.intersection(_names(f.own))]

    def notebook(self, files: Sequence[Handed]) -> Handed | str:
        """The file that is the submission, or why there is none."""
        wanted, notebooks = self.assignment_id, self.notebooks(files)
        notebooks = self._with_answers(notebooks) or notebooks
        exact = [f for f in notebooks if f.own.stem == wanted]
        alike = [f for f in notebooks if COPY_MARK.sub("", f.own.stem) == wanted]
        if self.kind == "canvas":  # Canvas numbers attachments, so the greatest number is the last
            exact = []
        candidates = exact or alike or notebooks
        if len(candidates) > 1 and candidates is not notebooks and all(f.order for f in candidates):
            return max(candidates, key=lambda f: f.order)
        if len(candidates) == 1:
            return candidates[0]
        names = named((candidates or files)[:3])
        if candidates:
            return f"{len(candidates)} notebooks, and not just one named {wanted}.ipynb ({names})"
        return f"no notebook in it is of this assignment ({names})"

    def _with_answers(self, notebooks: Sequence[Handed]) -> list[Handed]:
        """Of several notebooks, those that are not just as they were released."""
        if self.release is None or len(notebooks) < 2:
            return []
        return [file for file in notebooks if self._has_answers(file, self.release)]

    def _has_answers(self, file: Handed, release: Notebook) -> bool:
        data = self.archive.read(file.entry)
        return isinstance(data, bytes) and bool(answers_in(data, release))


def named(files: Iterable[Handed]) -> str:
    """The files' names, as the student chose them.

    Args:
        files: some files of a hand-in.
    """
    return ", ".join(shown(str(file.own)) for file in files)


def _names(own: PurePosixPath) -> set[str]:
    """The folders of a path, and the file's name without its ending and copy mark."""
    return {*own.parts[:-1], COPY_MARK.sub("", own.stem)}
