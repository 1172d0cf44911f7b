"""What is plugged into nbgrader, and what drives it.

`generate_assignment` runs nbgrader's own converter. The classes below it are named in
`nbgrader_config.py`, so that `nbgrader autograde` and formgrader's button grade as we do.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import nbformat
import nh3
from nbconvert.exporters import NotebookExporter
from nbconvert.filters import strip_files_prefix
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin, LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from grader.autograde import grade_submission
from grader.bundle import HIDDEN_FILES, load_bundle
from grader.course import Course
from grader.errors import BuildError, GraderError
from grader.export import export
from grader.files import write_whole
from grader.gradebook import CourseGradebook
from grader.graded import graded_notebook
from grader.intake import Submission, find_submissions, read_submission
from grader.records import save_result
from grader.results import Status
from grader.timestamp import write_timestamp

__all__ = [
    "CanvasExporter",
    "ExecuteAndJudge",
    "GradescopeExporter",
    "KeepResult",
    "LatePolicyPlugin",
    "LmsExporter",
    "MoodleExporter",
    "RebuildFromRelease",
    "SpreadsheetExporter",
    "SubmissionExporter",
    "accept_any_name",
    "clean_html",
    "clean_markdown",
    "generate_assignment",
]

# Dotfiles are checkpoints and editor state; the rest is what no student may see.
NOT_RELEASED = (*HIDDEN_FILES, "__pycache__", "*.pyc", ".*")
KEPT_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"class", "title"}}
INLINE_IMAGES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;")


def generate_assignment(course: Course, assignment_id: str, into: Path) -> None:
    """Run nbgrader's `generate_assignment` on `solutions/<id>/`.

    It works on a copy, with a database of its own that is thrown away, so neither the course's
    folders nor its gradebook change.

    Args:
        course: the course.
        assignment_id: which assignment; other notebooks in its folder are not released.
        into: folder that receives the student notebook and the files beside it.

    Raises:
        BuildError: nbgrader refuses a cell, or there is no notebook.
    """
    source = course.solution_dir(assignment_id)
    notebook = source / f"{assignment_id}.ipynb"
    if not notebook.is_file():
        raise BuildError(f"{notebook}: not found; an assignment is a notebook in solutions/")
    with tempfile.TemporaryDirectory(prefix="grader-build-") as folder:
        root = Path(folder).resolve()
        ignored = shutil.ignore_patterns(*NOT_RELEASED)
        shutil.copytree(source, root / "source" / assignment_id, ignore=ignored)
        _convert(root, assignment_id, notebook)
        shutil.copytree(root / "release" / assignment_id, into, dirs_exist_ok=True)


def _convert(root: Path, assignment_id: str, notebook: Path) -> None:
    directory = CourseDirectory(
        root=str(root),
        assignment_id=assignment_id,
        notebook_id=assignment_id,
        db_url=_scratch_database(root / "scratch.db"),
    )
    converter = _Generator(coursedir=directory, log=_quiet())
    try:
        converter.start()
    except Exception as error:  # nbgrader raises nearly everything for a wrong notebook
        raise BuildError(f"{notebook}: {_explained(converter.failure or error)}") from error


def _scratch_database(path: Path) -> str:
    """URL of a database that nbgrader takes for an existing one, and so asks no `alembic`."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    database.close()
    return f"sqlite:///{path}"


class _Generator(GenerateAssignment):  # type: ignore[misc]  # nbgrader has no types
    """The stock converter; keeps the error that it would only log."""

    failure: Exception | None = None

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.failure = error
            raise


def _quiet() -> logging.Logger:
    logger = logging.getLogger("grader.nbgrader")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def _explained(error: BaseException) -> str:
    """The first cause of an error in one line, with the cell it happened in if there is one."""
    while error.__context__ is not None:
        error = error.__context__
    text = str(getattr(error, "message", error)).strip() or type(error).__name__
    cell = _cell_of(error.__traceback__)
    place = "" if cell is None else f"cell {_name(cell)}: "
    return place + text.splitlines()[0].rstrip(".;: ")


def _cell_of(trace: TracebackType | None) -> dict[str, Any] | None:
    """The cell that the innermost function with a variable of that name had at hand."""
    found = None
    while trace is not None:
        cell = trace.tb_frame.f_locals.get("cell")
        found = cell if isinstance(cell, dict) else found
        trace = trace.tb_next
    return found


def _name(cell: dict[str, Any]) -> str:
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return repr(marks.get("grade_id") or cell.get("id") or cell.get("source", "")[:40])


class NotGraded(Exception):
    """There can be no score: nbgrader logs it, takes this submission back, and goes on."""


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """What one run of `nbgrader autograde` knows, and how it opens a submitted file: not at all.

    nbformat fails on a broken notebook before any preprocessor is asked, so a submission enters
    as the release, and `RebuildFromRelease` puts the answers in.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        directory = self.parent.coursedir
        try:
            self.course = Course.load(directory.root)
            self.bundle = load_bundle(self.course, directory.assignment_id)
            with CourseGradebook(self.course) as gradebook:
                gradebook.register(self.bundle.release, self.bundle.assignment)
        except GraderError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from error

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **settings: Any
    ) -> Any:
        """Start from the release for a submitted file, from the file itself for any other."""
        if Path(filename).is_relative_to(self.course.submitted_dir):
            release = nbformat.from_dict(self.bundle.release)
            return self.from_notebook_node(release, resources, **settings)
        return super().from_filename(filename, resources, **settings)

    def submission(self, resources: dict[str, Any]) -> Submission:
        """The submission that nbgrader is at.

        Raises:
            NotGraded: its folder's name is no student id, so there is nobody to give a score to.
        """
        submission = self._submissions[resources["nbgrader"]["student"]]
        if submission.refusal:
            raise NotGraded(submission.refusal)
        return submission

    @cached_property
    def _submissions(self) -> dict[str, Submission]:
        found = find_submissions(self.course, self.bundle.assignment.id)
        return {submission.path.parent.parent.name: submission for submission in found}


def accept_any_name(assignment: str, student: str, notebooks: list[str]) -> None:
    """Before grading, have a renamed notebook taken for the assignment's instead of skipped."""
    expected = f"{assignment}.ipynb"
    if expected not in (Path(notebook).name for notebook in notebooks):
        notebooks[:] = [str(Path(notebooks[0]).with_name(expected))]


class RebuildFromRelease(NbGraderPreprocessor):  # type: ignore[misc]
    """Sanitize: the release with the student's answers; without them when it is rejected."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace what the exporter handed in."""
        release = self.parent.bundle.release
        intake = read_submission(self.parent.submission(resources), release)
        return nbformat.from_dict(intake.notebook or release), resources


class ExecuteAndJudge(NbGraderPreprocessor):  # type: ignore[misc]
    """Autograde: what `grader autograde` does with one submission, from the file on."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Give back the executed notebook, with the score of each check cell as its result."""
        run = self.parent
        submission = run.submission(resources)
        result = grade_submission(run.bundle, submission)
        if result.status is Status.NOT_GRADED:
            with CourseGradebook(run.course) as gradebook:
                gradebook.store(result, submission.submitted_at)
            save_result(run.course, result)
            raise NotGraded(f"{submission.student}: {' '.join(result.notes)}")
        resources["grader"] = (result, submission.submitted_at)
        notebook = graded_notebook(result, run.bundle.release)
        return nbformat.from_dict(notebook), resources


class KeepResult(NbGraderPreprocessor):  # type: ignore[misc]
    """After SaveAutoGrades, before the penalties: what these two do not keep, but need."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Keep the time, the reason of a rejection, and the record that feedback is made of."""
        course = self.parent.course
        result, submitted_at = resources.pop("grader")
        with CourseGradebook(course) as gradebook:
            gradebook.annotate(result, submitted_at)
        write_timestamp(course.autograded_dir / result.student / result.assignment, submitted_at)
        save_result(course, result)
        return nb, resources


class LatePolicyPlugin(LateSubmissionPlugin):  # type: ignore[misc]
    """The late policy of course.yml, for nbgrader's AssignLatePenalties."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points to take off; None when nothing is."""
        course = self.parent.parent.course  # of the exporter
        with CourseGradebook(course) as gradebook:  # `KeepResult` has brought it up to date
            return gradebook.late_penalty(self.parent.assignment_id, student_id) or None


class LmsExporter(ExportPlugin):  # type: ignore[misc]
    """Base of our exporters for `nbgrader export --exporter=…`: what `grader export` writes."""

    into = Unicode("", help="file that the LMS exported, to be filled in").tag(config=True)
    kind = ""
    default_to = ""

    def export(self, gradebook: Any) -> None:
        """Write the grades to `--to`; the given gradebook is the one that we open ourselves."""
        target = Path(self.to or self.default_to)
        try:
            course = Course.load(self.parent.coursedir.root)
            into = Path(self.into) if self.into else None
            students = [str(student) for student in self.student]
            exported = export(course, list(self.assignment), self.kind, into, students)
        except GraderError as error:
            self.log.error("%s", error)
            self.parent.exit(error.exit_code)
        for remark in exported.remarks:
            self.log.warning("%s", remark)
        for name, content in exported.files.items():
            write_whole(target / name if name else target, content)
        self.log.info("Wrote %s", target)


class CanvasExporter(LmsExporter):
    """Grades for Canvas's gradebook."""

    kind, default_to = "canvas", "canvas.csv"


class GradescopeExporter(LmsExporter):
    """A results.json for each student, in a folder."""

    kind, default_to = "gradescope", "gradescope-results"


class MoodleExporter(LmsExporter):
    """Grades for Moodle's gradebook, or a grading worksheet."""

    kind, default_to = "moodle", "moodle.csv"


class SpreadsheetExporter(LmsExporter):
    """The CSV of `grader export`, safe to open in a spreadsheet."""

    kind, default_to = "csv", "grades.csv"


def clean_html(html: str | bytes) -> str:
    """nbconvert's filter of that name, with tables and headings kept: nothing runs or loads."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    return nh3.clean(
        text,
        attributes=KEPT_ATTRIBUTES,
        attribute_filter=_safe_attribute,
        url_schemes={"http", "https", "mailto", "data"},
    )


def clean_markdown(html: str) -> str:
    """nbconvert's filter `strip_files_prefix`, the last that nbgrader asks for a text cell."""
    return clean_html(strip_files_prefix(html))


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    """Images only from within the page: one from elsewhere would tell who looks at it."""
    is_data = value.strip().lower().startswith("data:")
    if (tag, name) == ("img", "src"):
        return value if value.startswith(INLINE_IMAGES) else None
    return None if is_data else value
