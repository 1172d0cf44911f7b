"""A mistake is recognised by numbers on at least three inputs, and not named in doubt."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from grader.box.protocol import Rng
from grader.judge.catalogue import Catalogue, Mistake
from grader.judge.diagnosis import diagnose as diagnosis
from grader.judge.diagnosis.diagnose import Diagnosis
from grader.judge.reference import Reference
from grader.judge.student import Call, Request

SOURCE = """
import numpy as np
def loss(X): return float(np.mean(X ** 2))
def grads(X): return {"dW": X.T @ X / len(X), "db": X.sum(axis=0)}
def draw(rng): return rng.normal()
def both(X): return float(X.sum()), float(X.max())
def step(p):
    for key in p: p[key] = p[key] + 1
def ahead(X): return X * 2, {"what backward": "needs"}
def ahead_alone(X): return ahead(X)[0]
"""
SUM = Mistake("loss.sum", "loss", "Mean or sum?", "def loss(X): return float(np.sum(X ** 2))")
MAX = Mistake("loss.max", "loss", "Look at max.", "def loss(X): return float(np.max(X))")
FAILS = Mistake(
    "loss.fails", "loss", "It fails.", "def loss(X): return 9.0 if len(X) < 6 else X['a']"
)
ONLY_FAILS = Mistake("loss.only_fails", "loss", "It fails.", "def loss(X): return X['a']")
NO_MEAN = Mistake(
    "grads.no_mean",
    "grads",
    "The mean of dW?",
    "def grads(X): return {'dW': X.T @ X, 'db': X.sum(axis=0)}",
)
WRONG_AXIS = Mistake(
    "grads.axis",
    "grads",
    "The axis of db?",
    "def grads(X): return {'dW': X.T @ X / len(X), 'db': X.sum(axis=1)}",
)
INPUTS = [np.random.default_rng(i).normal(size=(3 + i, 2)) for i in range(5)]
LARGE = [np.random.default_rng(10 + i).normal(size=(600, 2)) for i in range(3)]


@pytest.fixture
def reference(tmp_path: Path) -> Reference:
    return Reference(SOURCE, tmp_path)


def diagnose(requests: list[Request], mistakes: list[Mistake], reference: Reference) -> Diagnosis:
    return diagnosis.diagnose(requests, requests[0].name, Catalogue(tuple(mistakes)), reference)


def asked(name: str, function: Callable[..., Any], inputs: list[Any]) -> list[Request]:
    calls = []
    for x in inputs:
        try:
            calls.append(Call((x,), function(x)))
        except Exception as error:
            calls.append(Call((x,), error=type(error).__name__))
    return [Request(name, tuple(calls))]


@pytest.mark.parametrize("mistake", [SUM, MAX, FAILS], ids=lambda m: m.id)
def test_a_known_mistake_is_recognised(reference: Reference, mistake: Mistake) -> None:
    student = reference.variant(mistake.code).loss
    found = diagnose(asked("loss", student, INPUTS), [MAX, SUM, FAILS], reference)
    assert found == Diagnosis((mistake.id,), (mistake.hint,))


def test_a_mistake_shows_in_a_function_that_calls_the_mistaken_one(reference: Reference) -> None:
    code = "def ahead(X): return X * 3, {'what backward': 'needs'}"
    mistake = Mistake("ahead.thrice", "ahead", "How many times?", code)
    requests = asked("ahead_alone", lambda X: X * 3, INPUTS)
    found = diagnosis.diagnose(requests, "ahead", Catalogue((mistake,)), reference)
    assert found.mistakes == ("ahead.thrice",)


def test_a_rule_sees_calls_through_other_functions(reference: Reference) -> None:
    holds = [Mistake("ahead.odd", "ahead", "Odd?", "def ahead(X): return X, X", rule=bool)]
    requests = asked("ahead_alone", lambda X: X**5, INPUTS)
    found = diagnosis.diagnose(requests, "ahead", Catalogue(tuple(holds)), reference)
    assert found.mistakes == ("ahead.odd",)


def test_an_exception_alone_is_no_evidence(reference: Reference) -> None:
    student = reference.variant(ONLY_FAILS.code).loss
    assert diagnose(asked("loss", student, INPUTS), [ONLY_FAILS], reference).mistakes == ()


def test_a_mistake_that_touches_nothing_else_goes_before_one_that_does(
    reference: Reference,
) -> None:
    code = "def grads(X): return {'dW': X.T @ X, 'db': X.mean(axis=0)}"
    wider = Mistake("grads.no_mean_but_one", "grads", "Which mean?", code)
    requests = asked("grads", lambda X: {"dW": X.T @ X, "db": X.max(axis=0)}, INPUTS)
    assert diagnose(requests, [wider, NO_MEAN], reference).mistakes == ("grads.no_mean",)
    assert diagnose(requests, [wider], reference).mistakes == ("grads.no_mean_but_one",)


def test_a_mistake_that_would_spoil_what_is_right_is_not_named(reference: Reference) -> None:
    code = "def grads(X): return {'dW': X.T @ X, 'db': X.mean(axis=0)}"
    spoils = Mistake("grads.spoils", "grads", "The mean of both?", code)
    requests = asked("grads", reference.variant(NO_MEAN.code).grads, INPUTS)
    assert diagnose(requests, [NO_MEAN, spoils], reference).mistakes == (NO_MEAN.id,)
    assert diagnose(requests, [spoils], reference).mistakes == ()


def test_a_rule_adds_nothing_where_a_mistake_explains_all_that_is_wrong(
    reference: Reference,
) -> None:
    ruled = replace(SUM, id="loss.ruled", code="def loss(X): return 1.0", rule=lambda _: True)
    explained = asked("loss", reference.variant(MAX.code).loss, INPUTS)
    unknown = asked("loss", lambda X: float(np.cbrt(X).sum() - 3), INPUTS)
    assert diagnose(explained, [ruled, MAX], reference).mistakes == (MAX.id,)
    assert diagnose(unknown, [ruled, MAX], reference).mistakes == (ruled.id,)


def test_an_argument_that_was_left_alone_is_no_evidence_by_itself(reference: Reference) -> None:
    idle = Mistake("step.idle", "step", "Idle?", "def step(p): return 0.0")
    calls = [Call(({"a": x, "b": x},), None, after=({"a": x + 9, "b": x},)) for x in INPUTS]
    assert diagnose([Request("step", tuple(calls))], [idle], reference).mistakes == ()
    calls = [Call(({"a": x, "b": x},), 0.0, after=({"a": x, "b": x},)) for x in INPUTS]
    assert diagnose([Request("step", tuple(calls))], [idle], reference).mistakes == ("step.idle",)


def test_entries_of_a_tuple_of_another_length_are_not_taken_for_each_other(
    reference: Reference,
) -> None:
    swapped = Mistake("both.max", "both", "Max?", "def both(X): return float(X.max()), 0.0")
    requests = asked("both", lambda X: (float(X.max()), 1.0, 2.0), INPUTS)
    counted = "both(…): 3 values came back, but the docstring asks for 2."
    assert diagnose(requests, [swapped], reference) == Diagnosis((), (counted,))
    requests = asked("both", lambda X: (float(X.max()), 1.0), INPUTS)
    assert diagnose(requests, [swapped], reference).mistakes == ("both.max",)


@pytest.mark.parametrize("n,known", [(0, False), (1, False), (2, False), (3, True)])
def test_fewer_than_three_inputs_prove_nothing(reference: Reference, n: int, known: bool) -> None:
    student = reference.variant(SUM.code).loss
    found = diagnose(asked("loss", student, INPUTS[:n]), [SUM], reference)
    assert bool(found.mistakes) is known


def test_the_same_input_three_times_is_one_input(reference: Reference) -> None:
    student = reference.variant(SUM.code).loss
    assert diagnose(asked("loss", student, INPUTS[:1] * 4), [SUM], reference) == Diagnosis()


def test_a_right_answer_has_no_diagnosis(reference: Reference) -> None:
    for name, mistakes in (("loss", [SUM, MAX]), ("grads", [NO_MEAN])):
        requests = asked(name, getattr(reference, name), INPUTS)
        assert diagnose(requests, mistakes, reference) == Diagnosis()


def test_an_unknown_mistake_is_not_given_a_known_name(reference: Reference) -> None:
    student = reference.variant("def loss(X): return float(np.mean(np.abs(X)) + 1)").loss
    assert diagnose(asked("loss", student, INPUTS), [SUM, MAX, FAILS], reference).mistakes == ()


def test_zeros_alone_are_no_evidence_of_a_mistake_that_gives_zeros(reference: Reference) -> None:
    code = "def grads(X): return {'dW': X.T @ X / len(X), 'db': 0 * X.sum(axis=0)}"
    zero = Mistake("grads.zero", "grads", "Zero?", code)

    def no_work(X: np.ndarray) -> dict[str, np.ndarray]:
        return {"dW": np.zeros((X.shape[1], X.shape[1])), "db": np.zeros(X.shape[1])}

    assert diagnose(asked("grads", no_work, INPUTS), [zero], reference).mistakes == ()
    itself = reference.variant(code).grads
    assert diagnose(asked("grads", itself, INPUTS), [zero], reference).mistakes == ("grads.zero",)


def test_a_mistake_on_some_inputs_must_explain_the_right_ones_too(reference: Reference) -> None:
    def student(X: np.ndarray) -> float:
        return reference.loss(X) if len(X) > 5 else float(np.sum(X**2))

    assert diagnose(asked("loss", student, INPUTS), [SUM], reference).mistakes == ()


def test_a_mistake_is_tried_on_one_of_the_large_inputs_that_went_right(tmp_path: Path) -> None:
    reference = Reference(f"{SOURCE}\nsizes = []", tmp_path)
    code = """
def loss(X):
    sizes.append(X.size)
    return float((np.sum if len(X) < 9 else np.mean)(X ** 2))
"""
    mistake = Mistake("loss.sum_of_few", "loss", "Mean or sum?", code)
    requests = asked(
        "loss", lambda X: float(np.sum(X**2) / (1 if len(X) < 9 else X.size)), [*INPUTS, *LARGE]
    )
    assert diagnose(requests, [mistake], reference).mistakes == ("loss.sum_of_few",)
    assert reference.sizes == [*(X.size for X in INPUTS), 1200]


def test_a_mistake_is_tried_on_all_large_inputs_that_went_wrong(reference: Reference) -> None:
    requests = asked(
        "loss", lambda X: float(np.sum(X**2) + (X[0, 0] == LARGE[-1][0, 0])), [*INPUTS, *LARGE]
    )
    assert diagnose(requests, [SUM], reference).mistakes == ()
    assert diagnose([replace(requests[0], calls=requests[0].calls[:-1])], [SUM], reference).mistakes


def test_two_mistakes_in_one_step_are_found_as_two(reference: Reference) -> None:
    def student(X: np.ndarray) -> dict[str, np.ndarray]:
        return {"dW": X.T @ X, "db": X.sum(axis=1)}

    found = diagnose(asked("grads", student, INPUTS), [WRONG_AXIS, NO_MEAN], reference)
    assert set(found.mistakes) == {"grads.axis", "grads.no_mean"}


def test_no_two_mistakes_are_merged_where_a_function_returns_nothing(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = Mock(return_value="")
    monkeypatch.setattr(diagnosis, "merged", merged)
    mistakes = [NO_MEAN, WRONG_AXIS]
    diagnose(asked("grads", lambda X: None, INPUTS), mistakes, reference)
    merged.assert_not_called()
    diagnose(asked("grads", lambda X: {"dW": X, "db": X}, INPUTS), mistakes, reference)
    merged.assert_called()


def test_hints_are_in_the_order_of_mistakes_also_where_two_share_one(reference: Reference) -> None:
    def student(X: np.ndarray) -> dict[str, np.ndarray]:
        return {"dW": X.T @ X, "db": X.sum(axis=1)}

    shared = [replace(mistake, hint="The same.") for mistake in (WRONG_AXIS, NO_MEAN)]
    found = diagnose(asked("grads", student, INPUTS), shared, reference)
    assert len(found.mistakes) == 2
    assert found.hints == ("The same.", "The same.")


def test_the_mistake_that_has_to_do_with_most_wrong_results_comes_first(
    reference: Reference,
) -> None:
    some = Mistake(
        "loss.some", "loss", "Some?", "def loss(X): return float(np.mean(X ** 2)) + (len(X) > 4)"
    )
    student = reference.variant("def loss(X): return float(np.sum(X ** 2)) + (len(X) > 4)").loss
    found = diagnose(asked("loss", student, INPUTS), [some, SUM], reference)
    assert found == Diagnosis(("loss.sum", "loss.some"), (SUM.hint, "Some?"))


def test_a_mistake_in_a_value_of_another_form_is_found_with_the_form(
    reference: Reference,
) -> None:
    def student(X: np.ndarray) -> dict[str, Any]:
        return {"dW": (X.T @ X).tolist(), "db": X.sum(axis=0, keepdims=True)}

    found = diagnose(asked("grads", student, INPUTS), [NO_MEAN], reference)
    assert found.mistakes == ("grads.no_mean",)
    assert "come in a list" in found.hints[1]
    assert "the shape is (1, 2) instead of (2,)" in found.hints[2]


VAGUE = Mistake(
    "grads.somewhere",
    "grads",
    "Look here.",
    "def grads(X): return {'dW': 0, 'db': 0}",
    rule=lambda requests: True,
    is_vague=True,
)


def test_a_vague_mistake_is_named_only_if_nothing_else_is_known(reference: Reference) -> None:
    known = asked("grads", reference.variant(NO_MEAN.code).grads, INPUTS)
    assert diagnose(known, [VAGUE, NO_MEAN], reference).mistakes == ("grads.no_mean",)
    form = asked("grads", lambda X: {"dW": X.T @ X / 3, "db": 2 * X.sum(axis=0)}, INPUTS)
    assert diagnose(form, [VAGUE], reference).mistakes == ()
    strange = asked("grads", lambda X: {"dW": np.sin(X.T @ X), "db": np.exp(X[0])}, INPUTS)
    assert diagnose(strange, [VAGUE, NO_MEAN], reference).mistakes == ("grads.somewhere",)


def test_an_argument_changed_once_is_told_if_nothing_else_is_known(reference: Reference) -> None:
    calls = (Call((INPUTS[0],), reference.loss(INPUTS[0]), after=(INPUTS[0] + 1,)),)
    found = diagnose([Request("loss", calls)], [SUM], reference)
    assert found.hints == (
        "X after loss(…): not what it was before the call. Which line writes into it?",
    )


def test_the_last_resort_is_which_entries_are_right(reference: Reference) -> None:
    requests = asked("both", lambda X: (float(X.sum()), float(np.sin(X).sum())), INPUTS)
    mistake = Mistake("both.max", "both", "Max?", "def both(X): return 0.0, 0.0")
    (text,) = diagnose(requests, [mistake], reference).hints
    assert text.startswith("both(…)[1]: wrong. Right: both(…)[0].")


def test_results_have_the_names_that_the_catalogue_gives_them(reference: Reference) -> None:
    mistakes = tuple(
        Mistake(f"q.{n}", "q", "?", f"def {n}(X): return 0.0") for n in ("both", "loss")
    )
    catalogue = Catalogue(mistakes, results={"both": ("total", "top"), "loss": ("loss",)})
    both = asked("both", lambda X: (float(X.sum()), float(np.sin(X).sum())), INPUTS)
    (text,) = diagnosis.diagnose(both, "q", catalogue, reference).hints
    assert text.startswith("top: wrong. Right: total.")
    twice = asked("loss", lambda X: 2 * reference.loss(X), INPUTS)
    hints = diagnosis.diagnose([*both, *twice], "q", catalogue, reference).hints
    assert "loss of loss: twice as large as it should be." in hints


def test_what_no_mistake_explains_may_have_a_simple_form(reference: Reference) -> None:
    def student(X: np.ndarray) -> dict[str, np.ndarray]:
        return {"dW": 2 * X.T @ X / len(X), "db": X.sum(axis=0)}

    found = diagnose(asked("grads", student, INPUTS), [NO_MEAN], reference)
    assert found.mistakes == ()
    assert len(found.hints) == 1
    assert "twice as large" in found.hints[0]


def test_calls_of_another_questions_function_are_left_out(reference: Reference) -> None:
    requests = asked("grads", lambda X: 0, INPUTS)
    catalogue = Catalogue((SUM, NO_MEAN))
    assert diagnosis.diagnose(requests, "loss", catalogue, reference) == Diagnosis()


def test_an_rng_is_replayed_from_its_start(reference: Reference) -> None:
    twice = Mistake("draw.twice", "draw", "Once.", "def draw(rng): return rng.normal() * 2")
    values = [2 * np.random.default_rng(i).normal() for i in range(3)]
    calls = tuple(Call((Rng(i),), value) for i, value in enumerate(values))
    assert diagnose([Request("draw", calls)], [twice], reference).mistakes == ("draw.twice",)


WEIRD: list[Any] = [
    None, True, "text", [], {}, (), [[1.0], [1.0, 2.0]], math.nan, 1 << 63, 1j, 10**400,
    {"dW": None}, {"dW": "x", "db": [1]}, (1, (2, (3,))), np.zeros((0, 2)), np.array(1.0),
    np.array([[True, False]]), np.full((2, 2), np.inf), np.full((2, 2), 1e308), [np.zeros(2)] * 2,
    np.zeros((2, 2), "c16"), {1: 2}, np.uint8(3), np.bool_(True), np.zeros((2, 2), "i1"),
]  # fmt: skip


@pytest.mark.parametrize("value", WEIRD, ids=lambda v: repr(v)[:30])
@pytest.mark.parametrize("name", ["loss", "grads"])
def test_no_value_of_a_student_breaks_the_diagnosis(
    reference: Reference, name: str, value: Any
) -> None:
    requests = asked(name, lambda X: value, INPUTS)
    mistakes = [SUM, MAX, FAILS] if name == "loss" else [NO_MEAN, WRONG_AXIS]
    assert diagnose(requests, mistakes, reference).mistakes == ()
