"""How well mistakes are told apart: the catalogue, diagnosed by itself.

    python benchmarks/diagnosis.py [--assignment ID] [--pairs N]

Every catalogued mistake plays a student: the checks of its question run against it, and the
diagnosis should name it, or a twin that is listed with it. Then the same for pairs of mistakes in
one step, for rewritten versions, and for the right alternatives, which should get no hint at all.
Prints one JSON object. The catalogue is our own code, so it runs here, without a box; values
still travel through the box's protocol.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import shutil
import socket
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from grader.box.client import Box, CallFailure, CallRequest, CallSuccess
from grader.box.protocol import Channel
from grader.box.runner import Runner
from grader.judge import suite
from grader.judge.catalogue import Catalogue, Mistake
from grader.judge.reference import Reference, definitions
from grader.judge.student import Student
from grader.notebook import loads

SOLUTIONS = Path(__file__).parent.parent / "solutions"
NOT_ALONE = {"train"}  # looks at how the other questions went


class Local:
    """Calls functions of trusted code in a thread, over the box's own protocol.

    Args:
        names: the globals that hold the functions.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        ours, theirs = socket.socketpair()
        log = SimpleNamespace(start=lambda: None)
        shell: Any = SimpleNamespace(user_ns=names, output_log=log, log_to=lambda _: None)
        threading.Thread(target=Runner(theirs, shell, 1).serve, daemon=True).start()
        self._box = Box(Channel(ours), lambda hung_up: "")

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        """Make the calls; as a session does."""
        return self._box.call(request, timeout_s=20)

    def close(self) -> None:
        """End the thread."""
        self._box.close()


@dataclass(frozen=True)
class Trial:
    """How one version of a step was judged.

    Args:
        lost: whether it lost points.
        mistakes: ids that were named.
        hints: what the student is told.
        diagnosis_ms: what finding that out took.
    """

    lost: bool
    mistakes: tuple[str, ...]
    hints: tuple[str, ...]
    diagnosis_ms: float


class Trials:
    """An assignment whose questions are judged one at a time, without a box.

    Args:
        assignment_id: which one.
        folder: where hidden tests, cut down to a question, are put.
    """

    def __init__(self, assignment_id: str, folder: Path) -> None:
        source = SOLUTIONS / assignment_id
        for path in source.iterdir():
            if path.suffix not in (".ipynb", ".pyc") and path.is_file():
                shutil.copy(path, folder)
        self._folder = folder
        self._tests = (source / "hidden_tests.py").read_text(encoding="utf-8")
        text = definitions(loads((source / f"{assignment_id}.ipynb").read_bytes()))
        self.reference = Reference(text, folder)
        mistakes = (source / "mistakes.py").read_text(encoding="utf-8")
        self.catalogue = Catalogue.from_source(mistakes)

    def judge(self, question: str, code: str, seed: str = "amy") -> Trial:
        """Judge definitions that replace those of one question."""
        session = Local(vars(self.reference.variant(code))["_names"])
        spent_s = 0.0

        def timed(*arguments: Any) -> Any:
            nonlocal spent_s
            start = time.perf_counter()
            found = diagnose(*arguments)
            spent_s += time.perf_counter() - start
            return found

        diagnose = suite.diagnose
        with contextlib.closing(session), mock.patch.object(suite, "diagnose", timed):
            verdicts = suite.run_suite(
                self._tests_of(question),
                Student(session),
                self.reference,
                seed,
                lambda: self.catalogue,
            )
        verdict = verdicts[question]
        broken = [check for check in verdict.checks if check.passed is None]
        if broken:
            raise RuntimeError(f"{question}: {broken[0].name}: {broken[0].message}")
        lost = not all(check.passed for check in verdict.checks)
        found = verdict.diagnosis
        return Trial(lost, found.mistakes, found.hints, 1000 * spent_s)

    def _tests_of(self, question: str) -> Path:
        """The hidden tests without those of other questions."""
        path = self._folder / question / "hidden_tests.py"
        if not path.exists():
            path.parent.mkdir()
            for other in self._folder.glob("*.np?"):
                shutil.copy(other, path.parent)
            tree = ast.parse(self._tests)
            tree.body = [node for node in tree.body if _question(node) in ("", question)]
            path.write_text(ast.unparse(tree), encoding="utf-8")
        return path


def _question(node: ast.stmt) -> str:
    """The question that a test is of; "" for anything else."""
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        call = node.decorator_list[0]
        if isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant):
            return str(call.args[0].value)
    return ""


def named_as(mistake: Mistake, trial: Trial) -> str:
    """What the diagnosis took a catalogued mistake for."""
    if trial.mistakes == (mistake.id,):
        return "itself"
    if len(trial.mistakes) == 1 and trial.mistakes[0] in getattr(mistake, "twins", ()):
        return "twin"
    return "other" if trial.mistakes else "nothing"


def measure(assignment_id: str, pairs: int) -> dict[str, Any]:
    """Everything about one assignment."""
    with tempfile.TemporaryDirectory(prefix="diagnosis-") as folder:
        trials = Trials(assignment_id, Path(folder))
        mistakes = trials.catalogue.mistakes
        tried = {m.id: (m, trials.judge(m.question, m.code)) for m in mistakes}
        right = {a.id: trials.judge(a.question, a.code) for a in trials.catalogue.alternatives}
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
    parser.add_argument("--assignment", action="append")
    parser.add_argument("--pairs", type=int, default=40, help="per question, chosen by chance")
    arguments = parser.parse_args()
    chosen = arguments.assignment or ["backprop", "two_layer_net"]
    print(json.dumps({name: measure(name, arguments.pairs) for name in chosen}, indent=1))


if __name__ == "__main__":
    main()
