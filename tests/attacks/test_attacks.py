"""Every attack, for real, on every tier of the machine: it costs only itself."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import ExitStack

import pytest

from grader.results import Status
from tests.attacks.box_attacks import SUCCEEDED, Attack, load_attacks
from tests.attacks.course import HONEST, POINTS, SECRET, make_submission
from tests.attacks.harmless import MAX_GRADER_MIB, assert_nothing_happened_outside, shown
from tests.attacks.snippets.steal_by_special_cases import answer_from
from tests.attacks.world import AS_OWNER, AS_WE_ARE, Judge, name_of
from tests.kit.results import scores

ATTACKS = load_attacks()
MAX_SECONDS = 45  # of processor time, for one attack; its own limit is 20
REACHING_OUT = ("escape", "persist")
# whose account grades makes a difference only to what reaches out, or uses up the machine
ATTEMPTS = [
    pytest.param(world, attack, id=f"{name_of(world)}-{attack.name}")
    for world in AS_WE_ARE + AS_OWNER
    for attack in ATTACKS
    if world in AS_WE_ARE or attack.hazard or attack.kind in REACHING_OUT
]

in_every_world = pytest.mark.parametrize("judge", AS_WE_ARE + AS_OWNER, indirect=True, ids=name_of)


@in_every_world
def test_an_honest_submission_gets_full_marks(judge: Judge) -> None:
    assert scores(judge.honest) == POINTS
    assert judge.honest.notes == ()


@pytest.mark.parametrize(("judge", "attack"), ATTEMPTS, indirect=["judge"])
def test_an_attack_costs_only_itself(attack: Attack, judge: Judge) -> None:
    world, alone = judge.world, judge.honest
    submission = world.hand_in("attacker", attack.submission(world.outside(judge.pid)))
    before = world.snapshot()
    judge.forget_peak_memory()
    used_s = judge.processor_s()
    result = judge.grade(submission, attack.timeout_s)
    seconds = judge.processor_s() - used_s

    told = shown(result)
    assert re.search(attack.evidence, told), f"the attack did not run:\n{told[:3000]}"
    assert SUCCEEDED not in told, told[:3000]
    assert SECRET not in result.to_json()
    assert result.status is Status.GRADED
    assert scores(result) == {**POINTS, "target": 0.0}, told[:3000]
    assert_nothing_happened_outside(judge, before)
    assert judge.peak_memory_mib() < MAX_GRADER_MIB
    assert seconds < MAX_SECONDS
    assert judge.grade_honest() == alone


@in_every_world
def test_other_work_of_the_account_costs_nobody_a_thread(judge: Judge) -> None:
    world = judge.world
    threads = "import threading\n" + 4 * "threading.Thread(target=abs, args=(1,)).start()\n"
    answers = {**HONEST, "target": threads + HONEST["target"]}
    with ExitStack() as stack:
        for _ in range(40):  # more than a box may have
            command = ["sleep", "60"]
            other = stack.enter_context(subprocess.Popen(command, user=world.owner or None))
            stack.callback(other.kill)
        result = judge.grade(world.hand_in("threads", make_submission(answers)))
    assert scores(result) == POINTS
    assert result.notes == ()


def test_every_attack_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 57
    assert [attack.name for attack in ATTACKS if not attack.claim.endswith(".")] == []


def test_inputs_that_one_student_saw_are_worth_nothing_to_another(judge: Judge) -> None:
    """And worth points to the same student, so that the table itself is known to work."""
    world = judge.world
    leaky = "def target(f, x):\n    raise LookupError(repr(x.tolist()))"
    told = shown(judge.grade(world.hand_in("first", make_submission({**HONEST, "target": leaky}))))
    leaks = {tuple(json.loads(text)) for text in re.findall(r"LookupError: (\[[^]]*\])", told)}
    assert len(leaks) >= 3
    table = {**HONEST, "target": answer_from([list(leak) for leak in leaks])}
    for student, expected in (("second", 0.0), ("first", 2.0)):
        result = judge.grade(world.hand_in(student, make_submission(table)))
        assert scores(result) == {**POINTS, "target": expected}, shown(result)
