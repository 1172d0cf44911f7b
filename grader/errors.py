"""What can go wrong on our side, as one tree.

::

    GraderError
    ├── UsageError        the command names something that does not exist or does not fit
    ├── CourseError       course.yml is wrong: file, key, what is expected
    ├── BuildError        an assignment may not be released: cell, reason, remedy
    ├── BoxError          the box could not be started or kept (never: "student code failed")
    ├── JudgeError        hidden tests or the reference are broken
    ├── GradebookError    the gradebook cannot be opened, read or written
    └── LmsError          the LMS cannot be reached, refuses, or answers nonsense

A student's failure is never an exception here: it is data, in `grader.results`.
The text of an error is one line for the terminal that names the place and the remedy.
"""

__all__ = [
    "BoxError",
    "BuildError",
    "CourseError",
    "GradebookError",
    "GraderError",
    "JudgeError",
    "LmsError",
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
    """A box could not be started or kept; this says nothing about the submission."""


class JudgeError(GraderError):
    """A hidden test or the reference is broken; no student caused it."""


class GradebookError(GraderError):
    """The gradebook could not be opened, read or written."""


class LmsError(GraderError):
    """The LMS cannot be reached, refuses, or answers what nobody understands.

    Args:
        text: what happened, and what to do.
        status: the HTTP status of the refusal; 0 if there was no answer, however often we asked.
    """

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status
