"""What we write into Canvas: a score, and a file on a comment, each for one student.

The address of each request is the student's own submission, and a file is uploaded for that
submission's comments alone: Canvas itself refuses to put it on somebody else's.
"""

from __future__ import annotations

from typing import Any

from grader.errors import LmsError
from grader.lms.canvas import NOTHING, Canvas, Submission, Task, read_submission

__all__ = ["comment_with_file", "give_score"]

BY_SCHEME = ("letter_grade", "gpa_scale")  # a scheme may have grades that look like points


def give_score(
    canvas: Canvas, task: Task, submission: Submission, score: str, *, no_lateness: bool = False
) -> Submission:
    """Give one student a score in points; of a group with one grade, Canvas gives it to all.

    Args:
        canvas: the assignment.
        task: how it is graded there.
        submission: the student's.
        score: the points.
        no_lateness: whether Canvas's own late policy shall take nothing from it.

    Returns:
        The submission as it is now.

    Raises:
        LmsError: Canvas refuses, or cannot be reached.
    """
    pairs: list[tuple[str, Any]] = [("submission[posted_grade]", score)]
    if no_lateness:
        pairs.append(("submission[late_policy_status]", "none"))
    if task.grading in BY_SCHEME:
        pairs.append(("prefer_points_over_scheme", True))
    path = f"{canvas.path}/{submission.key}"
    return read_submission(canvas.wire.request("PUT", path, _kwargs=pairs).json(), submission)


def comment_with_file(
    canvas: Canvas, submission: Submission, text: str, name: str, content: bytes
) -> None:
    """Put a file on a comment that one student sees, and nobody else of their group.

    Args:
        canvas: the assignment.
        submission: the student's.
        text: the comment.
        name: the file's name.
        content: the file.

    Raises:
        LmsError: Canvas refuses, or cannot be reached.
    """
    file = _uploaded(canvas, submission, name, content)
    pairs = [
        ("comment[text_comment]", text),
        ("comment[group_comment]", "false"),
        ("comment[file_ids][]", file),
    ]
    canvas.wire.request("PUT", f"{canvas.path}/{submission.key}", _kwargs=pairs)


def _uploaded(canvas: Canvas, submission: Submission, name: str, content: bytes) -> int:
    """Upload a file for comments of one submission, in Canvas's three steps; its number."""
    path = f"{canvas.path}/{submission.key}/comments/files"
    about = [("name", name), ("size", len(content)), ("content_type", "text/html")]
    told = canvas.wire.request("POST", path, _kwargs=about).json()
    url, params = (told.get("upload_url"), told.get("upload_params")) if told else (None, None)
    if not isinstance(url, str) or not isinstance(params, dict):
        raise LmsError(NOTHING)
    sent = canvas.wire.send_file(url, list(params.items()), name, content)
    done = canvas.wire.confirm(sent) if isinstance(sent, str) else sent
    number = done.get("id") if isinstance(done, dict) else None
    if not isinstance(number, int):
        raise LmsError(NOTHING)
    return number
