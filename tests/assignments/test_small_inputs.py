"""The small examples of all assignments: nearly every mistake has one, and each is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diagnosis import SOLUTIONS, Trial, Trials

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.judge.diagnosis.telling import told_of_value
from grader.judge.reference import Reference
from grader.notebook import loads
from grader.release.small_inputs import small_input_failures
from grader.results import Example
from tests.assignments.conftest import Judged
from tests.kit.files import ROOT
from tests.kit.marks import first_is_fast

NAMES = [path.parent.name for path in sorted(SOLUTIONS.glob("*/small_inputs.py"))]
MIN_SHARE = {
    "backprop": 0.95,
    "layers": 0.9,
    "two_layer_net": 0.9,
}  # of mistakes with wrong numbers
NUDGES = re.compile(r".*\.(.*numerical|complex_step|.*quotient)")  # no backward pass, right numbers
CHANCE = {"sample_minibatch"}  # most of its mistakes show over many calls only
NO_ARGUMENTS = {"tune", "diagnose_curves"}
NUMBERS = re.compile(r"(.+) should be (\S.*), but it is (\S.*)")
MOST_NUMBERS = 27  # a net whose four sizes are all 2


@pytest.fixture
def tried(benches: dict[str, Trials], judged: Judged, name: str) -> dict[str, Trial]:
    """Every mistake of a catalogue as a student's answer."""
    return {m.id: judged(name, m) for m in benches[name].catalogue.mistakes}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_all_right_ways_agree_on_all_small_inputs(name: str) -> None:
    course = Course.load(ROOT)
    source = loads((course.solution_dir(name) / f"{name}.ipynb").read_bytes())
    assert not [*small_input_failures(load_bundle(course, name), source, course.release_dir(name))]


FIRST = {  # a mistake → the first example: what is typed in, and what is told
    ("backprop", "staged.overwrites_x"): ("x = 1.0\ny = 2.0\n", "dx should be"),
    ("backprop", "numerical_gradient.left_below_in_place"): ("np.array([1.])", "x was changed"),
    ("layers", "affine.mean_for_db"): ("dX, dW, db = affine_gradients(dout, X, W, b)", "db should"),
    ("two_layer_net", "sample_minibatch.misaligned"): ("X = np.array([[0.], [1.]])", "y_batch"),
}


@pytest.mark.parametrize(
    ("mistake", "shown"), first_is_fast(FIRST.items()), ids=[id for _, id in FIRST]
)
def test_the_first_example_shows_the_mistake_itself(
    mistake: tuple[str, str], shown: tuple[str, str], tmp_path: Path
) -> None:
    trials = Trials(mistake[0], tmp_path)
    (known,) = (m for m in trials.catalogue.mistakes if m.id == mistake[1])
    (example,) = trials.judge(known.question, known.code).examples
    assert shown[0] in example.code
    assert example.told[0].startswith(shown[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_nearly_every_mistake_has_a_small_example(
    benches: dict[str, Trials], tried: dict[str, Trial], name: str
) -> None:
    wrong = [
        tried[mistake.id]
        for mistake in benches[name].catalogue.mistakes
        if mistake.question not in CHANCE | NO_ARGUMENTS
        and tried[mistake.id].lost
        and not NUDGES.fullmatch(mistake.id)
    ]
    with_example = [trial for trial in wrong if trial.examples]
    assert len(with_example) >= MIN_SHARE[name] * len(wrong)
    codes = [example for trial in wrong for example in trial.examples]
    assert [example.code for example in codes if len(typed(example)) > MOST_NUMBERS] == []


def typed(example: Example) -> list[str]:
    """The numbers that a student types in."""
    *arguments, _ = example.code.splitlines()
    return re.findall(r"(?<!\w)-?\d+\.?\d*", "\n".join(arguments))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_example_that_is_typed_in_gives_what_is_told(
    benches: dict[str, Trials], tried: dict[str, Trial], name: str
) -> None:
    trials = benches[name]
    for mistake in trials.catalogue.mistakes:
        for example in tried[mistake.id].examples:
            variant = trials.reference.variant(mistake.code)
            assert_true_of(example, trials.reference, variant, mistake.question in CHANCE)


def assert_true_of(
    example: Example, right: Reference, wrong: Reference, has_several_right: bool
) -> None:
    """What is told is what the code gives, if a student types it in."""
    expected, outcome = executed(example, right), executed(example, wrong)
    assert isinstance(expected, dict)
    for sentence in example.told:
        if isinstance(outcome, Exception):  # as told, or because a result cannot be unpacked
            assert type(outcome).__name__ in sentence or "(…) should be" in sentence
            continue
        told = NUMBERS.fullmatch(sentence)
        if told and not told[2].startswith(("a ", "2 ")):
            name, wanted, came = told.groups()
            is_value, right_value = eval(name, dict(outcome)), eval(name, dict(expected))
            another = 0 * right_value + 12345 if has_several_right else right_value
            (again,) = told_of_value(is_value, another, [name], name)
            assert again.endswith(f"but it is {came}")
            assert has_several_right or again == sentence
            assert came != wanted


def executed(example: Example, functions: Reference) -> dict[str, Any] | Exception:
    names = {"np": np, **vars(functions)["_names"]}
    try:
        with np.errstate(all="ignore"):
            exec(example.code, names)
    except Exception as error:
        return error
    return names
