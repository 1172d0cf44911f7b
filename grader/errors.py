"""What can go wrong on our side, as one tree.

::

    GraderError
    ├── UsageError        the command was called with something that is not there
    ├── CourseError       course.yml is wrong: file, key, what is expected
    ├── BuildError        an assignment may not be released: cell, reason, remedy
    ├── BoxError          the box could not be started or kept (never: "student code failed")
    ├── JudgeError        hidden tests or the reference are broken
    └── GradebookError    the database refused

A student's failure is never an exception here: it is data, in `grader.results`.
Each error's text is one line that names the place and the remedy, fit for a terminal.
"""

__all__ = [
    "BoxError",
    "BuildError",
    "CourseError",
    "GradebookError",
    "GraderError",
    "JudgeError",
    "UsageError",
]


class GraderError(Exception):
    """Base of all errors of the kit; `exit_code` is what the command returns."""

    exit_code = 1


class UsageError(GraderError):
    """The command names something that does not exist or does not fit."""

    exit_code = 2


class CourseError(GraderError):
    """course.yml is missing, unreadable or wrong."""

    exit_code = 2


class BuildError(GraderError):
    """An assignment did not pass a gate that a release must pass."""


class BoxError(GraderError):
    """The box could not be started; nothing is said about the submission in it."""


class JudgeError(GraderError):
    """A hidden test or the reference solution failed by itself."""


class GradebookError(GraderError):
    """The gradebook could not be opened, read or written."""
