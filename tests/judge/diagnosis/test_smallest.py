"""The smallest example: found in order, true when it is typed in, and never a burden."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.box.client import CallFailure, CallRequest, CallSuccess
from grader.judge.diagnosis import smallest
from grader.judge.diagnosis.smallest import Trier, smallest_examples
from grader.judge.reference import Reference
from grader.judge.small_inputs import SmallInputs
from grader.judge.student import Call, Request
from grader.results import Example

SOURCE = """
import numpy as np
def half(x): return x / 2
def loss(x): return float(np.sum(half(x)))
def step(p): p["w"] -= 1.0
"""


class Student:
    """Answers as a box does: stops at the first exception, and tells its number.

    Args:
        names: the functions by name; those of the reference where there is none.
    """

    def __init__(self, reference: Reference, **names: Callable[..., Any]) -> None:
        self._reference, self._names = reference, names
        self.requests: list[CallRequest] = []

    def __call__(self, request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure | None:
        self.requests.append(request)
        function = self._names[request.name]
        values, after = [], []
        for index, arguments in enumerate(request.calls):
            copies = [_copy(argument) for argument in arguments]
            try:
                values.append(function(*copies))
            except Exception as error:
                kind = type(error).__name__
                return CallFailure(f"{request.name} raised {kind}: {error}", kind, index)
            after.append(copies)
        return CallSuccess(tuple(values), tuple(after))


def _copy(value: Any) -> Any:
    return {k: v.copy() for k, v in value.items()} if isinstance(value, dict) else np.copy(value)


@pytest.fixture
def reference(tmp_path: Path) -> Reference:
    return Reference(SOURCE, tmp_path)


def vectors(reference: Reference) -> list[tuple[Any, ...]]:
    """Out of order, since the judge sorts them; some twice."""
    numbers = (3.0, -1.0, 1.0, 2.0)
    pairs = itertools.product(numbers, repeat=2)
    return [*((np.array(pair),) for pair in pairs), *((np.array([n]),) for n in numbers)] * 2


HALF = SmallInputs("q", "half", vectors, ("y",))
ASKED = [Request("half", (Call((np.array([0.5]),), 1.0),))]


def found(
    reference: Reference,
    function: Callable[..., Any],
    declared: SmallInputs = HALF,
    asked: Sequence[Request] = ASKED,
) -> tuple[Example, ...]:
    student = Student(reference, **{declared.function: function})
    return smallest_examples([Trier(declared, reference)], student, time.process_time, "q", asked)


def test_the_first_example_has_the_fewest_and_smallest_numbers(reference: Reference) -> None:
    (example,) = found(reference, lambda x: x / 3)
    assert example == Example(
        "x = np.array([1.])\ny = half(x)", ("y should be [0.5], but it is [0.333333]",)
    )
    (example,) = found(reference, lambda x: x / (2 if len(x) < 2 else 3))
    assert example.code.startswith("x = np.array([1., 1.])")
    (example,) = found(reference, lambda x: np.abs(x) / 2)
    assert example.code.startswith("x = np.array([-1.])")


def test_a_right_function_has_none_and_costs_few_requests(reference: Reference) -> None:
    student = Student(reference, half=lambda x: 0.5 * x)
    assert smallest_examples([Trier(HALF, reference)], student, time.process_time, "q", ASKED) == ()
    assert [len(request.calls) for request in student.requests] == [5, 10, 5]  # each input once


def test_a_function_that_is_wrong_for_large_inputs_only_has_none(reference: Reference) -> None:
    assert found(reference, lambda x: x / 2 if len(x) < 3 else x) == ()


def test_an_exception_is_an_example_if_nothing_smaller_is_wrong(reference: Reference) -> None:
    def raises_for_two(x: np.ndarray) -> Any:
        return x / 2 if len(x) < 2 else 1 / 0

    (example,) = found(reference, raises_for_two)
    assert example.code.startswith("x = np.array([1., 1.])")
    assert example.told == ("half raised ZeroDivisionError: division by zero",)
    (example,) = found(reference, lambda x: -raises_for_two(x))
    assert example.told == ("y should be [0.5], but it is [-0.5]",)


@pytest.mark.parametrize("name", ["a stub", "None", "an empty dict"])
def test_work_that_is_not_begun_gets_no_example(reference: Reference, name: str) -> None:
    def stub(x: np.ndarray) -> Any:
        raise NotImplementedError

    functions = {"a stub": stub, "None": lambda x: None, "an empty dict": lambda x: {}}
    is_dict = name == "an empty dict"
    declared = SmallInputs("q", "half", vectors, ("y",), right=_dict if is_dict else None)
    assert found(reference, functions[name], declared) == ()


def _dict(value: Any, x: np.ndarray) -> dict[str, Any]:
    return {"y": x}


@pytest.mark.parametrize("asked", [[], [Request("half", ())], [Request("other", (Call((1,)),))]])
def test_a_function_of_which_no_call_came_back_is_not_called(
    reference: Reference, asked: list[Request]
) -> None:
    student = Student(reference, half=lambda x: x)
    assert smallest_examples([Trier(HALF, reference)], student, time.process_time, "q", asked) == ()
    assert student.requests == []


def test_another_questions_functions_are_not_tried(reference: Reference) -> None:
    student = Student(reference, half=lambda x: x)
    assert (
        smallest_examples([Trier(HALF, reference)], student, time.process_time, "other", ASKED)
        == ()
    )
    assert student.requests == []


@pytest.mark.parametrize("asked", [np.array([1.0]), np.array([1])])
def test_an_input_of_a_hidden_test_is_never_shown(reference: Reference, asked: Any) -> None:
    requests = [*ASKED, Request("half", (Call((asked,), 1.0),))]
    (example,) = found(reference, lambda x: x / 3, asked=requests)
    assert example.code.startswith("x = np.array([2.])")


def test_a_result_of_chance_is_not_told(reference: Reference) -> None:
    counter = itertools.count()
    assert found(reference, lambda x: x + next(counter)) == ()


def test_a_mistake_of_a_helper_is_not_blamed_on_its_caller(reference: Reference) -> None:
    declared = SmallInputs("q", "loss", vectors, ("loss",), uses=("half",))
    requests = [Request("loss", (Call((1,), 1.0),))]

    def tried(half: Callable[..., Any], loss: Callable[[Callable[..., Any]], Any]) -> Any:
        def probe(request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure | None:
            used = request.stand_ins.get("half", half)
            return Student(reference, loss=lambda x: loss(used(x)))(request, timeout_s)

        return smallest_examples(
            [Trier(declared, reference)], probe, time.process_time, "q", requests
        )

    total = lambda y: float(np.sum(y))  # noqa: E731 — the right sum, in one line
    assert tried(lambda x: x / 3, total) == ()
    (example,) = tried(lambda x: x / 2, lambda y: 2 * total(y))
    assert example.told == ("loss should be 0.5, but it is 1",)
    # With both wrong, what the student would see is not the caller's own mistake.
    assert tried(lambda x: x / 3, lambda y: 2 * total(y)) == ()


def test_what_is_left_in_an_argument_counts(reference: Reference) -> None:
    def steps(reference: Reference) -> list[tuple[Any, ...]]:
        return [({"w": np.array([n])},) for n in (2.0, 1.0)]

    declared = SmallInputs("q", "step", steps, ())
    requests = [Request("step", (Call((1,), None),))]
    (example,) = found(reference, lambda p: p.update(w=p["w"] + 1), declared, requests)
    assert example == Example(
        'p = {"w": np.array([1.])}\nstep(p)', ("p['w'] should be [0], but it is [2]",)
    )


def test_several_right_results_are_compared_with_the_closest(reference: Reference) -> None:
    def either_sign(value: Any, x: np.ndarray) -> Any:
        return -x / 2 if value[0] < 0 else x / 2

    def positive(reference: Reference) -> list[tuple[Any, ...]]:
        return [(np.array([n]),) for n in (1.0, 2.0)]

    declared = SmallInputs("q", "half", positive, ("y",), right=either_sign)
    assert found(reference, lambda x: -x / 2, declared) == ()
    (example,) = found(reference, lambda x: -x, declared)
    assert example.told == ("y should be [-0.5], but it is [-1]",)
    assert found(reference, lambda x: "text", declared) == ()


@pytest.mark.parametrize("answer", [None, CallFailure("half returned a value of type object")])
def test_a_box_that_does_not_answer_is_asked_once(
    reference: Reference, answer: CallFailure | None
) -> None:
    asked = []

    def probe(request: CallRequest, timeout_s: float) -> CallFailure | None:
        asked.append(request)
        return answer

    assert smallest_examples([Trier(HALF, reference)], probe, time.process_time, "q", ASKED) == ()
    assert len(asked) == 1


def test_an_exception_is_not_put_down_to_another_input(reference: Reference) -> None:
    failure = CallFailure("half raised ValueError: no", "ValueError", 3)
    answers = iter([failure, None, failure])
    found = smallest_examples(
        [Trier(HALF, reference)],
        lambda request, timeout_s: next(answers),
        time.process_time,
        "q",
        ASKED,
    )
    assert found == ()
    assert next(answers) == failure  # nothing was asked once the calls before it got no answer


def test_no_request_is_made_after_the_time_is_up(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smallest, "FIRST_CALLS", 1)
    student = Student(reference, half=lambda x: x / 2)

    def used_s() -> float:
        return 1.0 * len(student.requests)

    assert smallest_examples([Trier(HALF, reference)], student, used_s, "q", ASKED) == ()
    assert len(student.requests) == 3  # the time is 2 s


def test_another_right_version_differs_nowhere_and_a_wrong_one_somewhere(
    reference: Reference,
) -> None:
    trier = Trier(HALF, reference)
    assert trier.differing(reference.variant("def half(x): return 0.5 * x")) is None
    case = trier.differing(reference.variant("def half(x): return x / len(x) / 2"))
    assert case is not None and case.code.startswith("x = np.array([1., 1.])")
    assert trier.differing(reference.variant("def half(x): return 1 / 0")) is not None
