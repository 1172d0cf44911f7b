"""What runs in a worker: it grades or draws one submission at a time.

Only the workers import the judge. The driver names these functions, and does not need it.
"""

from __future__ import annotations

import gc
import os
import socket
import threading
from dataclasses import replace

from grader.course.bundle import Bundle
from grader.gradebook.parcel import Parcel
from grader.intake.submissions import Submission
from grader.results import SubmissionResult

__all__ = ["become_worker", "draw_one", "grade_one", "grade_scores_first", "grade_to_keep"]

_bundles: dict[str, Bundle] = {}
_turn = threading.Lock()


def become_worker(bundle: Bundle, orders: socket.socket | None = None, niceness: int = 0) -> None:
    """Hold the assignment, and prepare what its first submission would wait for.

    Args:
        bundle: the assignment.
        orders: of the nursery that the workers share, if they do.
        niceness: how far this process lets others go first.
    """
    if niceness:
        os.nice(niceness)
    _bundles[bundle.digest] = bundle
    from grader.grading.workshop import prepare

    prepare(bundle, orders)
    gc.freeze()  # what is there now stays; a full collection over it takes 30 to 60 ms


def grade_one(bundle: Bundle | str, submission: Submission) -> SubmissionResult:
    """Grade one submission in a worker, which does one at a time.

    Args:
        bundle: the assignment, or the digest of one that the worker holds.
        submission: with its content, since its path may mean nothing here.
    """
    from grader.grading.submission import grade_submission

    with _turn:
        return grade_submission(_held(bundle), submission)


def grade_to_keep(bundle: Bundle | str, submission: Submission) -> Parcel:
    """Grade one submission as `grade_one` does, and encode what will be written to disk.

    Args:
        bundle: the assignment, or the digest of one that the worker holds.
        submission: with its content, since its path may mean nothing here.
    """
    return Parcel.of(_held(bundle), grade_one(bundle, submission))


def grade_scores_first(bundle: Bundle | str, submission: Submission) -> Parcel:
    """Grade one submission as `grade_to_keep` does, with `figures: later` whatever the course says.

    Args:
        bundle: the assignment, or the digest of one that the worker holds.
        submission: with its content, since its path may mean nothing here.
    """
    return grade_to_keep(replace(_held(bundle), figures="later"), submission)


def draw_one(bundle: Bundle | str, submission: Submission) -> SubmissionResult:
    """Draw the figures of one submission in a worker, which does one at a time.

    Args:
        bundle: the assignment, or the digest of one that the worker holds.
        submission: with its content, since its path may mean nothing here.
    """
    from grader.grading.submission import draw_submission

    with _turn:
        return draw_submission(_held(bundle), submission)


def _held(bundle: Bundle | str) -> Bundle:
    return _bundles[bundle] if isinstance(bundle, str) else bundle
