"""Runs an assignment's hidden tests against one submission, with pytest.

One check is one test function. Parameters multiply its inputs, not its points: the check passes
only if it passes with all of them. A failed assertion is the student's failure. Any other exception
is ours, and leaves the check without an outcome.

Starting pytest and collecting the tests takes as long as running them. So `HiddenTests` collects
once and runs the tests for one submission after the other, as the workers of pytest-xdist do:
pytest has a thread of its own and waits for submissions in the hook that runs the tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import queue
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from grader.errors import JudgeError
from grader.judge.catalogue import Catalogue
from grader.judge.reference import Reference
from grader.judge.student import Student
from grader.judge.trial import FollowThrough, Progress, Tally, Trial
from grader.judge.verdict import Examples, Verdict, verdicts_of
from grader.judge.wording import Wording, speaking
from grader.locale.translations import gettext

__all__ = ["HiddenTests"]

# pytest as a library: no terminal, no capture, no plugins but ours, nothing written to disk.
OFF = (
    "terminal cacheprovider capture logging faulthandler unraisableexception threadexception "
    "debugging pastebin junitxml stepwise setuponly setupplan doctest skipping"
).split()
OPTIONS = ["--assert=plain", "--import-mode=importlib", "--strict-markers", "-c", os.devnull]
OPTIONS += ["--noconftest"]  # there may be one above the temporary folder: anybody can write there
SILENT = Wording()


class _Plugin:
    """Gives fixtures to the collected tests, runs them for each trial, and keeps the results."""

    def __init__(self) -> None:
        self.trials: queue.Queue[Trial | None] = queue.Queue()
        self.answers: queue.Queue[BaseException | None] = queue.Queue()
        self.collection_error = ""
        self._trial: Trial  # these two are set before a test runs
        self._item: pytest.Item  # pytest's fixture `request` has it too, at twice the cost

    @pytest.fixture
    def student(self) -> Student:
        return self._trial.student

    @pytest.fixture
    def reference(self) -> Reference:
        return self._trial.reference

    @pytest.fixture
    def progress(self) -> Progress:
        return Progress(self._trial.tallies)

    @pytest.fixture
    def follow_through(self) -> FollowThrough:
        return FollowThrough(_question_of(self._item) not in self._trial.strict)

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        digest = hashlib.sha256(f"{self._trial.seed}:{self._item.name}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16], "big"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.answers.put(None)
        while trial := self.trials.get():
            self._trial = trial
            try:
                with speaking(trial.wording):
                    self._run(session.items)
            except BaseException as error:  # `HiddenTests.run` raises it
                self.answers.put(error)
                break  # the test was not torn down, so this pytest cannot run another
            self.answers.put(None)
        return True

    def _run(self, items: Sequence[pytest.Item]) -> None:
        asked = [item for item in items if _question_of(item) not in self._trial.given]
        following = dict(zip(asked, [*asked[1:], None], strict=False))
        for item in items:
            self._item = item
            if item in following:
                # its hook of the same name does this too, and reports to whom nobody listens
                runtestprotocol(item, log=False, nextitem=following[item])
            else:
                self._tally(item)

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "question(name, points): the question a test is of")
        config.addinivalue_line("markers", "chance: it draws samples, so luck matters")
        config.option.tbstyle = "no"  # nobody reads tracebacks, and each takes 50 ms to draw

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collection_error = str(report.longrepr).splitlines()[-1]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Note the outcome; pytest's own report of it takes a quarter of the time of a test."""
        self._note_outcome(item, call)
        assert call.when != "collect"  # noqa: S101 — told to mypy; that has a report of its own
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def _note_outcome(self, item: pytest.Function, call: pytest.CallInfo[None]) -> None:
        tally = self._tally(item)
        tally.requests += self._trial.student.take_log()
        if call.excinfo is None:
            credit = item.funcargs.get("follow_through")
            if isinstance(credit, FollowThrough) and tally.passed:
                tally.message = credit.remark or tally.message
            return
        error = call.excinfo.value
        if not isinstance(error, AssertionError):
            tally.passed = None
            told = f"{type(error).__name__}: {error}"
            tally.message = gettext("the check itself has an error: {error}", error=told)
        elif tally.passed:
            tally.passed = False
            tally.message = str(error).strip() or tally.claim
            tally.difference = getattr(error, "difference", None)

    def _tally(self, item: pytest.Item) -> Tally:
        """What is noted of a test; it has passed until one of its items fails."""
        assert isinstance(item, pytest.Function)  # noqa: S101 — told to mypy; no plugin makes others
        tallies = self._trial.tallies
        if item.originalname not in tallies:
            tallies[item.originalname] = _tally(item, self._trial.wording)
        return tallies[item.originalname]


def _question_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("question")
    return str(marker.args[0]) if marker and marker.args else ""


def _tally(item: pytest.Function, wording: Wording) -> Tally:
    marker = item.get_closest_marker("question")
    points = marker.kwargs.get("points") if marker else None
    if marker is None or not marker.args or not isinstance(points, int | float):
        raise JudgeError(
            f"hidden_tests.py: {item.name}: no question; mark it @pytest.mark.question(…, points=…)"
        )
    claim = wording.claims.get(item.originalname) or item.function.__doc__ or item.name
    claim = " ".join(claim.split())
    return Tally(question=marker.args[0], points=float(points), claim=claim)


class HiddenTests:
    """The hidden tests of an assignment, collected once and run for any number of submissions.

    A context manager. The global names of the test module live as long as it is open.

    Args:
        path: the test module.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._plugin = _Plugin()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> HiddenTests:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its pytest; the next run starts another."""
        if self._thread is not None:
            self._plugin.trials.put(None)
            self._thread.join()
            self._thread = None

    def run(
        self,
        student: Student,
        reference: Reference,
        seed: str,
        catalogue: Callable[[], Catalogue] = Catalogue,
        strict: Collection[str] = (),
        wording: Wording = SILENT,
        given: Collection[str] = (),
        examples: Examples = lambda question, requests: (),
        apart: Callable[[Collection[str]], Student | None] = lambda names: None,
    ) -> Mapping[str, Verdict]:
        """Judge one submission.

        Args:
            student: the submission's functions.
            reference: the instructor's functions.
            seed: the random inputs of a test depend on this and on the test's name.
            catalogue: returns the known mistakes; called only if points are lost.
            strict: questions in which a result that only fits an earlier mistake gets no credit.
            wording: the sentences that students read.
            given: questions whose tests count as passed without being run.
            examples: looks for small inputs on which the functions of a question go wrong. It
                takes the question and all requests of the checks, and is called last, for each
                question that lost points.
            apart: returns the submission with each function by itself, so that no other cell can
                undo it; None if none of these functions can be undone. Questions that lost points
                are tried once more with it, and the better of the two tries counts.

        Returns:
            The verdict on each question that the hidden tests name, in file order.

        Raises:
            JudgeError: the module cannot be collected, has no test, or did not run to its end; or
                the catalogue is broken.
            KeyboardInterrupt: a test was interrupted; there is no verdict.
        """
        trial = Trial(student, reference, seed, strict, wording, given)
        self._judge(trial)
        trial = self._tried_apart(trial, apart)
        with speaking(wording):
            return verdicts_of(trial, catalogue, examples)

    def _tried_apart(
        self, trial: Trial, apart: Callable[[Collection[str]], Student | None]
    ) -> Trial:
        """The trial, or a second one in which some questions did better with functions apart."""
        lost = {tally.question for tally in trial.tallies.values() if tally.passed is False}
        names = {name for question in lost for name in trial.functions(question)}
        student = apart(names) if names else None
        if student is None:
            return trial
        kept = {name: t for name, t in trial.tallies.items() if t.question not in lost}
        given = [*trial.given, *{tally.question for tally in kept.values()}]
        again = replace(trial, student=student, given=given, tallies=kept)
        self._judge(again)
        again.better = {q for q in lost if again.points(q) > trial.points(q)}
        again.tallies = {
            name: (again if tally.question in again.better else trial).tallies[name]
            for name, tally in trial.tallies.items()
        }
        return again

    def _judge(self, trial: Trial) -> None:
        with _quiet():
            stopped = self._start() if self._thread is None else None
            if stopped is None and not self._plugin.collection_error:
                self._plugin.trials.put(trial)
                stopped = self._plugin.answers.get()
        if stopped is not None:
            self.close()
        if self._plugin.collection_error or (stopped is None and not trial.tallies):
            reason = self._plugin.collection_error or "no test was found"
            raise JudgeError(f"hidden_tests.py: {reason}; run it with pytest to see more")
        if isinstance(stopped, JudgeError | KeyboardInterrupt):
            raise stopped
        if stopped is not None:
            raise JudgeError(f"hidden_tests.py: the run stopped: {stopped!r}")

    def _start(self) -> BaseException | None:
        """Start pytest and collect; return its error if it ended before it waited for trials."""
        sys.modules.pop(self._path.stem, None)  # or pytest would take another assignment's
        self._plugin = _Plugin()
        self._thread = threading.Thread(target=self._run_pytest, name="hidden tests", daemon=True)
        self._thread.start()
        return self._plugin.answers.get()

    def _run_pytest(self) -> None:
        folder = self._path.parent
        options = [
            *OPTIONS,
            f"--rootdir={folder}",
            f"--confcutdir={folder}",
        ]  # without these two, pytest lists every folder above this one
        options += [word for name in OFF for word in ("-p", f"no:{name}")]
        try:
            status = pytest.main([*options, str(self._path)], plugins=[self._plugin])
            self._plugin.answers.put(RuntimeError(f"pytest ended with {status!r}"))
        except BaseException as error:  # `HiddenTests.run` raises it
            self._plugin.answers.put(error)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep plugins and options of the environment out, and suppress output."""
    before = {name: value for name, value in os.environ.items() if name.startswith("PYTEST_")}
    for name in before:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(before)
