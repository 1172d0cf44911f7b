"""A class in which everything goes wrong: honest work gets what it gets alone, and all of it ends.

It is graded on both tiers: on tier 2, the command runs without the right to make namespaces.
40 submissions by default; with GRADER_MESSY=all, as `make nightly` sets it, every attack there is.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader.box.jail import kernel
from grader.box.tiers import Tier
from grader.course.bundle import load_bundle
from grader.gradebook.records import load_result
from grader.grading.submission import grade_submission
from grader.intake.submissions import find_submissions
from grader.notebook import dumps
from grader.results import Status, SubmissionResult
from tests.attacks.box_attacks import load_attacks
from tests.attacks.course import HONEST, ID, POINTS, SECRET, make_submission
from tests.attacks.file_attacks import load_submissions
from tests.attacks.world import World, open_world
from tests.kit.processes import GRADER, grader_here
from tests.kit.results import scores

ALL = os.environ.get("GRADER_MESSY") == "all"
BATCH = 40
WORKERS = 2
SEED = 40
OVERHEAD_S = 10  # opening boxes, judging and writing, per submission on a busy machine
LIMIT_S = 20  # of one submission, in the course that is attacked
START_S = 60
COMMAND_TIMEOUT_S = 600

TIERS = (Tier.NAMESPACES, Tier.LANDLOCK)
CAP_SYS_ADMIN = 21
TELL_TIER = "from grader.box.launch import launcher; print(int(launcher().tier))"

VARIANTS = [
    HONEST,
    {**HONEST, "before": "def before(x):\n    return 2 * x"},
    {**HONEST, "target": "def target(f, x):\n    return np.array([f(v) for v in x]), 0.0"},
    {**HONEST, "after": "def after(x, y):\n    return x * y"},
    {"target": HONEST["target"]},
    {},
]


@dataclass
class Class:
    """Who handed in what, and what has to come of it.

    Args:
        world: the course, and what lies outside the boxes.
        tier: how well the command can close boxes off.
        honest: what honest students get alone.
        expected: status and points by question of everybody else.
        seconds: how long the batch took.
    """

    world: World
    tier: Tier
    honest: dict[str, SubmissionResult] = field(default_factory=dict)
    expected: dict[str, tuple[Status, dict[str, float]]] = field(default_factory=dict)
    seconds: float = 0.0

    def result(self, student: str) -> SubmissionResult:
        found = load_result(self.world.course, ID, student)
        assert found is not None, student
        return found

    def command(self, *words: str, timeout_s: float = COMMAND_TIMEOUT_S) -> str:
        arguments = [*words, "--course", str(self.world.course.root)]
        return self.run([*GRADER, *arguments], timeout_s)

    def run(self, command: list[str], timeout_s: float = COMMAND_TIMEOUT_S) -> str:
        """What a command printed that may use this tier."""
        done = subprocess.run(
            command,
            preexec_fn=without_namespaces if self.tier is Tier.LANDLOCK else None,
            env={**os.environ, "TMPDIR": str(self.world.temporary)},
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout


def without_namespaces() -> None:
    """Give up the right that root needs for namespaces, in the process that becomes a command."""
    kernel.prctl(kernel.PR_CAPBSET_DROP, CAP_SYS_ADMIN)


@pytest.fixture(scope="module", params=TIERS, ids=lambda tier: tier.name.lower())
def messy(request: pytest.FixtureRequest) -> Iterator[Class]:
    """The class, graded by the command."""
    if request.param is Tier.LANDLOCK and os.getuid():
        pytest.skip("only root can give up its right to make namespaces")
    with open_world() as world:
        for stray in ("gradebook.db", f"results/{ID}/somebody.json"):
            (world.course.root / stray).unlink()
        shutil.rmtree(world.course.submitted_dir / "somebody")
        made = Class(world, request.param)
        hand_in_everything(made)
        before = world.snapshot()
        size = len(made.honest) + len(made.expected)
        start = time.monotonic()
        made.command("autograde", ID, "--workers", str(WORKERS), timeout_s=bound_s(size))
        made.seconds = time.monotonic() - start
        after = world.snapshot()
        assert {path: after.get(path) for path in before} == before
        yield made


def hand_in_everything(made: Class) -> None:
    """Attacks and honest work, in an order in which each meets the others."""
    dice = random.Random(SEED)
    attacks = [*load_attacks(), *load_submissions()]
    some = attacks if ALL else attacks[made.tier - 1 :: -(-len(attacks) // (BATCH - 14))]
    count = len(some) // 2 if ALL else BATCH - len(some)
    names = [f"s{number:03}" for number in range(len(some) + count)]
    dice.shuffle(names)
    honest, rest = names[:count], names[count:]
    for number, student in enumerate(honest):
        made.world.hand_in(student, make_submission(VARIANTS[number % len(VARIANTS)]))
    bundle = load_bundle(made.world.course, ID)
    for submission in find_submissions(made.world.course, ID, honest):
        made.honest[submission.student] = grade_submission(bundle, submission)
    for attack, student in zip(some, rest, strict=True):
        hand_in(made, attack, student, honest[0])


def hand_in(made: Class, attack: Any, student: str, victim: str) -> None:
    folder = made.world.course.submitted_dir / student / ID
    earned = {**POINTS, "target": 0.0}
    if hasattr(attack, "hand_in"):
        if attack.student != "attacker":
            folder = folder.parents[1] / attack.student / ID
        folder.mkdir(parents=True)
        attack.hand_in(folder, made.world.course.submitted_dir / victim / ID / f"{ID}.ipynb")
        earned = attack.earned
    else:
        folder.mkdir(parents=True)
        notebook = attack.submission(made.world.outside(os.getpid()))
        (folder / f"{ID}.ipynb").write_text(dumps(notebook), encoding="utf-8")
    status = Status.REJECTED if earned is None else Status.GRADED
    made.expected[listed_as(made, folder)] = (status, earned or dict.fromkeys(POINTS, 0.0))


def listed_as(made: Class, folder: Path) -> str:
    """The student's name, or what stands for it if it is no usable one."""
    found = find_submissions(made.world.course, ID)
    return next(s.student for s in found if s.path.parent.parent.name == folder.parent.name)


def bound_s(submissions: int) -> float:
    """Each may use up its own time; nobody waits for more than that."""
    return START_S + submissions * (LIMIT_S + OVERHEAD_S) / WORKERS


def test_the_boxes_have_the_tier_that_is_meant(messy: Class) -> None:
    assert messy.run([sys.executable, "-c", TELL_TIER]) in (f"{int(messy.tier)}\n", "2\n")


def test_the_command_ends_by_itself_in_bounded_time(messy: Class) -> None:
    assert messy.seconds < bound_s(len(messy.honest) + len(messy.expected))


def test_the_batch_is_as_large_as_it_says(messy: Class) -> None:
    assert len(messy.honest) + len(messy.expected) >= BATCH
    assert len(messy.honest) >= BATCH // 4


def test_every_honest_submission_has_exactly_what_it_has_alone(messy: Class) -> None:
    for student, alone in messy.honest.items():
        assert messy.result(student) == alone
    totals = {result.score for result in messy.honest.values()}
    assert totals == {9.0, 7.0, 6.0, 4.0, 0.0}


def test_every_attack_has_its_own_score(messy: Class) -> None:
    found = {student: messy.result(student) for student in messy.expected}
    told = {student: (result.status, scores(result)) for student, result in found.items()}
    assert told == messy.expected
    assert not [student for student, result in found.items() if SECRET in result.to_json()]


def test_nothing_of_the_attacks_is_left(messy: Class) -> None:
    assert messy.world.visitors() == []
    assert messy.world.sentinel_state() == "S"
    assert list(messy.world.temporary.iterdir()) == []


def test_what_follows_the_batch_works_too(messy: Class) -> None:
    """Nothing is graded again, and grades, pages and the class report are written."""
    assert "unchanged" in messy.command("autograde", ID)
    told = {}
    for words in (["feedback", ID], ["report", ID], ["export", ID, "--format", "json"]):
        done = grader_here(messy.world.course.root, *words)  # none of them opens a box
        assert done.returncode == 0, done.stderr
        told[words[0]] = done.stdout
    rows = json.loads(told["export"])
    assert {row["student"] for row in rows} == {*messy.honest, *messy.expected}
    expected: dict[str, float | None] = {
        student: sum(points.values()) for student, (_, points) in messy.expected.items()
    }
    expected |= {student: result.score for student, result in messy.honest.items()}
    assert {row["student"]: row["score"] for row in rows} == expected
