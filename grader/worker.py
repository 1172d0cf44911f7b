"""What runs in a worker: one submission at a time, with what was made ready for all of them.

The judge is imported by the workers alone: the driver, which only names these functions, needs none
of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

from grader.bundle import Bundle
from grader.intake import Submission
from grader.results import SubmissionResult
from grader.scratch import discard

__all__ = ["become_worker", "grade_one"]

_bundles: dict[str, Bundle] = {}
_turn = threading.Lock()


def become_worker(bundle: Bundle) -> None:
    """Leave Ctrl-C to the driver, which lets running submissions finish; end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()
    _bundles[bundle.digest] = bundle
    from grader.autograde import prepare

    prepare(bundle)


def _end_with_driver() -> None:
    """A killed driver closes no queue: its workers would wait for work for ever."""
    driver = multiprocessing.parent_process()
    assert driver is not None  # noqa: S101 — told to mypy; this is a pool's worker
    driver.join()
    discard()
    os._exit(1)


def grade_one(bundle: Bundle | str, submission: Submission) -> SubmissionResult:
    """Grade one submission in a worker, which does one at a time.

    Args:
        bundle: the assignment, or the digest of one that the worker holds.
        submission: opened, since its path may mean nothing here.
    """
    from grader.autograde import grade_submission

    held = _bundles[bundle] if isinstance(bundle, str) else bundle
    with _turn:
        return grade_submission(held, submission)
