"""How well the diagnosis tells mistakes apart, measured with those of the catalogue.

    python benchmarks/diagnosis.py [--course FOLDER] [--assignment ID] [--pairs N]

Every mistake of the catalogue is judged like a student's answer: the checks of its question run on
it, and the diagnosis should name it, or one of its twins. The same is done with pairs of mistakes
in one step, with rewritten versions, and with the alternatives, which should get no hint. Prints
one JSON object. The catalogue is our own code, so it runs here, without a box; values still travel
through the box's protocol.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import ctypes
import json
import random
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
from rewriting import REWRITINGS

from grader.box.channel import Channel, ChannelClosed
from grader.box.client import Box, CallFailure, CallRequest, CallSuccess
from grader.box.endings import CALL, BoxTimedOut
from grader.box.inside.runner import Runner
from grader.box.stopwatch import Used
from grader.course.solution import reference_source
from grader.judge import verdict
from grader.judge.catalogue import Catalogue, Mistake
from grader.judge.diagnosis.calls import CallLog
from grader.judge.diagnosis.diagnose import diagnose
from grader.judge.diagnosis.merging import merged
from grader.judge.diagnosis.smallest import Trier, smallest_examples
from grader.judge.reference import Reference
from grader.judge.small_inputs import declared_inputs
from grader.judge.student import Request, Student
from grader.judge.suite import HiddenTests
from grader.judge.wording import Wording
from grader.notebook import loads
from grader.results import CheckResult, Example

SOLUTIONS = Path(__file__).parent.parent / "solutions"
CALL_TIMEOUT_S = 3


def used_so_far() -> Used:
    """The processor time of this process."""
    return Used(time.process_time())


class Local:
    """Calls functions of trusted code in a thread, over the box's own protocol.

    Args:
        names: the globals that hold the functions.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._too_slow: dict[str, CallFailure] = {}
        self._start()

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        """Make the calls, as a session does: a function that was too slow is not called again."""
        if request.name not in self._too_slow:
            try:
                return self._box.call(request, min(CALL_TIMEOUT_S, request.within_s))
            except BoxTimedOut as death:
                self._too_slow[request.name] = CallFailure(death.told(CALL, name=request.name))
                self._interrupt()
                self._start()
        return self._too_slow[request.name]

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        log = SimpleNamespace(start=lambda: None)
        shell: Any = SimpleNamespace(user_ns=self._names, output_log=log, log_to=lambda _: None)
        runner = Runner(theirs, shell, 1)
        self._leaving, self._has_left = threading.Lock(), False
        self._thread = threading.Thread(target=self._serve, args=(runner, theirs), daemon=True)
        self._thread.start()
        self._box = Box(Channel(ours), lambda hung_up: None, used_so_far)

    def _serve(self, runner: Runner, theirs: socket.socket) -> None:
        # Wrong numbers are the point, and after an interruption nobody waits for the answer. It may
        # come when the call has just ended, so it is caught to the last line, or called off there.
        with contextlib.suppress(TimeoutError):
            stopped = contextlib.suppress(ChannelClosed, TimeoutError)
            with theirs, np.errstate(all="ignore"), stopped:
                runner.serve()
            with self._leaving:
                self._has_left = True
                _raise_in(threading.get_ident(), None)

    def probe(self, request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure:
        """Make the calls, as a session's probe does, but on a busy machine too."""
        return self._box.call(request, timeout_s=20)

    def _interrupt(self) -> None:
        """Raise an exception in the thread, or the slow function would go on beside the rest."""
        with self._leaving:
            if not self._has_left:
                _raise_in(self._thread.ident or 0, TimeoutError)
        self._thread.join()

    def close(self) -> None:
        """End the thread."""
        self._box.close()
        self._thread.join()


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread when it next runs Python; with None, call off what waits."""
    raised = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


@dataclass(frozen=True)
class Trial:
    """How one version of a step was judged.

    Args:
        checks: outcomes of its hidden tests.
        lost: whether it lost points.
        mistakes: ids of the mistakes that the diagnosis named.
        hints: hints for the student.
        diagnosis_ms: time of the diagnosis.
        requests: calls that its checks made, if it lost points.
        follow_through: parts that were credited as consistent with an earlier mistake.
        examples: the smallest inputs on which it goes wrong.
        examples_ms: time of the search for them.
    """

    checks: tuple[CheckResult, ...]
    lost: bool
    mistakes: tuple[str, ...]
    hints: tuple[str, ...]
    diagnosis_ms: float
    requests: tuple[Request, ...] = ()
    follow_through: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    examples_ms: float = 0.0

    @property
    def points(self) -> float:
        """Points that it earned."""
        return sum(check.points for check in self.checks)


class Trials:
    """Judges the questions of an assignment one at a time, without a box.

    Args:
        assignment_id: the assignment.
        folder: an empty folder, for hidden tests of single questions.
        solutions: the folder `solutions` of a course.
    """

    def __init__(self, assignment_id: str, folder: Path, solutions: Path = SOLUTIONS) -> None:
        source = solutions / assignment_id
        for path in source.iterdir():
            if path.suffix not in (".ipynb", ".pyc") and path.is_file():
                shutil.copy(path, folder)
        self._folder = folder
        self._collected: dict[str, HiddenTests] = {}
        self._tests = (source / "hidden_tests.py").read_text(encoding="utf-8")
        text = reference_source(loads((source / f"{assignment_id}.ipynb").read_bytes()))
        self.reference = Reference(text, folder)
        mistakes = (source / "mistakes.py").read_text(encoding="utf-8")
        messages = source / "messages.yml"
        text = messages.read_text(encoding="utf-8") if messages.exists() else ""
        self.wording = Wording.from_text(text)
        inputs = source / "small_inputs.py"
        declared = declared_inputs(inputs.read_text(encoding="utf-8") if inputs.exists() else "")
        self.catalogue = replace(
            Catalogue.from_source(mistakes, self.wording.hints),
            results={own.function: own.results for own in declared},
        )
        self.triers = [Trier(own, self.reference) for own in declared]

    def judge(
        self,
        question: str,
        code: str,
        strict: Sequence[str] = (),
        seed: str = "a seed",
        explain: bool = True,
        small: bool = True,
    ) -> Trial:
        """Judge one question.

        Args:
            question: the question.
            code: definitions that replace those of the solution.
            strict: questions in which nothing is credited as consistent with an earlier mistake.
            seed: random inputs depend on it, as on a student's id.
            explain: whether to look for known mistakes and small examples, which takes most of
                the time; points do not depend on it.
            small: whether to look for small examples, if at all; mistakes do not depend on it.

        Raises:
            RuntimeError: a hidden test is broken.
        """
        session = Local(vars(self.reference.variant(code))["_names"])
        spent_s, examples_s, seen = 0.0, 0.0, ()

        def timed(requests: Any, *arguments: Any) -> Any:
            nonlocal spent_s, seen
            seen, start = tuple(requests), time.perf_counter()
            found = diagnose(requests, *arguments)
            spent_s += time.perf_counter() - start
            return found

        def examples(asked: str, requests: Sequence[Request]) -> tuple[Example, ...]:
            nonlocal examples_s
            start = time.perf_counter()
            triers = self.triers if explain and small else []
            found = smallest_examples(triers, session.probe, time.process_time, asked, requests)
            examples_s += time.perf_counter() - start
            return found

        with contextlib.closing(session), mock.patch.object(verdict, "diagnose", timed):
            verdicts = self._tests_of(question).run(
                Student(session),
                self.reference,
                seed,
                lambda: self.catalogue if explain else replace(self.catalogue, mistakes=()),
                strict,
                self.wording,
                examples=examples,
            )
        judged = verdicts[question]
        broken = [check for check in judged.checks if check.passed is None]
        if broken:
            raise RuntimeError(f"{question}: {broken[0].name}: {broken[0].message}")
        lost = not all(check.passed for check in judged.checks)
        found = judged.diagnosis
        return Trial(
            checks=judged.checks,
            lost=lost,
            mistakes=found.mistakes,
            hints=found.hints,
            diagnosis_ms=1000 * spent_s,
            requests=seen,
            follow_through=judged.follow_through,
            examples=judged.examples,
            examples_ms=1000 * examples_s,
        )

    def does_the_same(self, mistake: Mistake, requests: Sequence[Request]) -> bool:
        """Whether a mistake alone gives the same answers as were recorded.

        Args:
            mistake: the mistake.
            requests: calls with the answers that were recorded.
        """
        return not CallLog(requests, self.reference.variant(mistake.code)).differs

    def both(self, first: Mistake, second: Mistake) -> str:
        """Write code with two mistakes of one question; "" if they cannot be combined.

        Args:
            first: a mistake.
            second: another mistake.
        """
        if not first.functions & second.functions:
            return f"{first.code}\n\n{second.code}"
        right = (*(other.code for other in self.catalogue.alternatives), self.reference.source)
        return merged(first.code, second.code, right)

    def _tests_of(self, question: str) -> HiddenTests:
        """The hidden tests of one question."""
        if question not in self._collected:
            path = self._folder / question / "hidden_tests.py"
            path.parent.mkdir()
            for other in self._folder.glob("*.np?"):
                shutil.copy(other, path.parent)
            tree = ast.parse(self._tests)
            tree.body = [node for node in tree.body if _question(node) in ("", question)]
            path.write_text(ast.unparse(tree), encoding="utf-8")
            self._collected[question] = HiddenTests(path)
        return self._collected[question]


def _question(node: ast.stmt) -> str:
    """The question of a hidden test; "" for any other statement."""
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        call = node.decorator_list[0]
        if isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant):
            return str(call.args[0].value)
    return ""


def named_as(mistake: Mistake, trial: Trial) -> str:
    """Compare the diagnosis with the mistake that was judged.

    Args:
        mistake: the mistake.
        trial: how it was judged.

    Returns:
        "itself", "twin", "other" or "nothing".
    """
    if trial.mistakes == (mistake.id,):
        return "itself"
    if len(trial.mistakes) == 1 and trial.mistakes[0] in mistake.twins:
        return "twin"
    return "other" if trial.mistakes else "nothing"


def rewritten_told(trials: Trials) -> dict[str, Any]:
    """Count how often a mistake that is written in another way is named as before."""
    report: dict[str, Any] = {}
    for kind, rewrite in REWRITINGS.items():
        others, total = {}, 0
        for mistake in trials.catalogue.mistakes:
            code = rewrite(mistake.code)
            if code == mistake.code:
                continue
            total += 1
            trial = trials.judge(mistake.question, code, small=False)
            if named_as(mistake, trial) not in ("itself", "twin"):
                others[mistake.id] = list(trial.mistakes)
        report[kind] = {"tried": total, "named_as_before": total - len(others), "others": others}
    return report


def pairs_told_apart(trials: Trials, most: int) -> dict[str, Any]:
    """Count how pairs of mistakes in one step are named.

    Args:
        trials: the assignment.
        most: maximum number of pairs for each question.
    """
    counts = Counter({"compose": 0, "one_hides_the_other": 0, "recognised": 0})
    others: dict[str, list[str]] = {}
    costs = [0.0]
    for first, second in chosen_pairs(trials.catalogue.mistakes, most):
        code = trials.both(first, second)
        if not code:
            counts["do_not_compose"] += 1
            continue
        trial = trials.judge(first.question, code, small=False)
        if all(call.error for request in trial.requests for call in request.calls):
            counts["do_not_compose"] += 1  # the merged code does not run
            continue
        costs.append(trial.diagnosis_ms)
        if any(trials.does_the_same(m, trial.requests) for m in (first, second)):
            counts["one_hides_the_other"] += 1
            continue
        counts["compose"] += 1
        wanted = [{m.id, *m.twins} for m in (first, second)]
        named = set(trial.mistakes)
        if len(named) == 2 and all(named & names for names in wanted):
            counts["recognised"] += 1
        else:
            others[f"{first.id} + {second.id}"] = list(trial.mistakes)
    share = counts["recognised"] / max(counts["compose"], 1)
    cost = {"median": statistics.median(costs), "largest": max(costs)}
    cost = {name: round(value, 1) for name, value in cost.items()}
    return {**counts, "share": round(share, 3), "not_told_apart": others, "diagnosis_ms": cost}


def chosen_pairs(mistakes: Sequence[Mistake], most: int) -> Iterator[tuple[Mistake, Mistake]]:
    """Choose pairs of mistakes of one question, without those that need a rule.

    Args:
        mistakes: all mistakes of an assignment.
        most: maximum number of pairs for each question.
    """
    draw = random.Random(0)
    for question in dict.fromkeys(m.question for m in mistakes):
        told = [m for m in mistakes if m.question == question and m.rule is None]
        pairs = list(combinations(told, 2))
        yield from draw.sample(pairs, min(most, len(pairs)))


def examples_shown(wrong: Iterable[Trial]) -> dict[str, Any]:
    """Count mistakes with a small example, and measure the search."""
    trials = list(wrong)
    costs = [trial.examples_ms for trial in trials]
    return {
        "wrong": len(trials),
        "with_example": sum(bool(trial.examples) for trial in trials),
        "median_ms": round(statistics.median(costs), 1),
        "largest_ms": round(max(costs), 1),
    }


def measure(assignment_id: str, pairs: int, solutions: Path = SOLUTIONS) -> dict[str, Any]:
    """Measure everything for one assignment.

    Args:
        assignment_id: the assignment.
        pairs: maximum number of pairs for each question.
        solutions: the folder `solutions` of a course.
    """
    with tempfile.TemporaryDirectory(prefix="diagnosis-") as folder:
        trials = Trials(assignment_id, Path(folder), solutions)
        mistakes = trials.catalogue.mistakes
        tried = {m.id: (m, trials.judge(m.question, m.code)) for m in mistakes}
        right = {a.id: trials.judge(a.question, a.code) for a in trials.catalogue.alternatives}
        together = pairs_told_apart(trials, pairs)
        again = rewritten_told(trials)
    names = {name: named_as(*pair) for name, pair in tried.items()}
    costs = sorted(trial.diagnosis_ms for _, trial in tried.values())
    return {
        "mistakes": len(names),
        "named": {kind: list(names.values()).count(kind) for kind in sorted(set(names.values()))},
        "not_named": {
            name: list(trial.mistakes)
            for name, (_, trial) in tried.items()
            if names[name] not in ("itself", "twin")
        },
        "survivors": [name for name, (_, trial) in tried.items() if not trial.lost],
        "rewritten": again,
        "pairs": together,
        "examples": examples_shown(trial for _, trial in tried.values() if trial.lost),
        "alternatives": len(right),
        "false_alarms": {name: t.hints for name, t in right.items() if t.lost or t.hints},
        "diagnosis_ms_of_a_mistake": {
            "median": round(statistics.median(costs), 1),
            "largest": round(costs[-1], 1),
        },
        "diagnosis_ms_of_a_right_answer": round(max(t.diagnosis_ms for t in right.values()), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", type=Path, default=SOLUTIONS.parent, help="where course.yml is")
    parser.add_argument("--assignment", action="append", help="default: all with a mistakes.py")
    parser.add_argument("--pairs", type=int, default=40, help="pairs for each question, drawn")
    arguments = parser.parse_args()
    solutions = arguments.course.resolve() / "solutions"
    known = [path.parent.name for path in sorted(solutions.glob("*/mistakes.py"))]
    found = {n: measure(n, arguments.pairs, solutions) for n in arguments.assignment or known}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
