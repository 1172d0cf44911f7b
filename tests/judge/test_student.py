"""The student as hidden tests see it; a function here takes the place of the box."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from grader.box.client import CallFailure, CallRequest, CallSuccess
from grader.judge.student import Call, Observation, Request, Student, StudentFailure


class Scripted:
    """A session that keeps the requests and answers them with a function."""

    def __init__(self, answer: Callable[[CallRequest], CallSuccess | CallFailure]) -> None:
        self.requests: list[CallRequest] = []
        self._answer = answer

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        self.requests.append(request)
        return self._answer(request)


def doubled(request: CallRequest) -> CallSuccess:
    values = tuple(2 * call[0] for call in request.calls)
    return CallSuccess(values, tuple(request.calls) if request.echo else (None,) * len(values))


@pytest.fixture
def session() -> Scripted:
    return Scripted(doubled)


def test_an_attribute_is_a_call_in_one_round_trip(session: Scripted) -> None:
    assert Student(session).double(3) == 6
    assert session.requests == [CallRequest("double", [(3,)], {}, False)]


def test_many_calls_are_one_round_trip(session: Scripted) -> None:
    assert Student(session).many("double", [(1,), (2,)]) == [2, 4]
    assert len(session.requests) == 1


def test_observe_gives_the_arguments_as_the_call_left_them(session: Scripted) -> None:
    assert Student(session).observe("double", 3) == Observation(6, (3,))


def test_a_hurried_student_has_less_time_in_whatever_form(session: Scripted) -> None:
    hurried = Student(session).within(0.5)
    for student in (hurried, hurried.aside(), hurried.standing_in(f=abs), Student(session)):
        student.double(3)
    assert [request.within_s for request in session.requests] == [0.5, 0.5, 0.5, math.inf]


@pytest.mark.parametrize("echoed", [None, 5, (), (1, 2), {"a": 1}])
def test_observe_refuses_arguments_that_are_not_those_of_the_call(echoed: Any) -> None:
    student = Student(Scripted(lambda _: CallSuccess((1,), (echoed,))))
    with pytest.raises(StudentFailure, match="f returned something that the grader cannot read"):
        student.observe("f", 1)


def test_a_failure_is_an_assertion_error_with_the_reason() -> None:
    student = Student(Scripted(lambda _: CallFailure("f is not defined")))
    with pytest.raises(AssertionError, match="f is not defined"):
        student.f()


def test_stand_ins_add_up_and_leave_the_original_alone(session: Scripted) -> None:
    student = Student(session)
    student.standing_in(f=abs).standing_in(g=len).double(1)
    student.double(1)
    assert [dict(r.stand_ins) for r in session.requests] == [{"f": abs, "g": len}, {}]


def test_private_names_are_not_functions_of_the_student(session: Scripted) -> None:
    with pytest.raises(AttributeError):
        getattr(Student(session), "_repr_html_")  # noqa: B009 — what a notebook asks of a value


def test_the_log_holds_what_came_and_is_shared_with_stand_ins(session: Scripted) -> None:
    student = Student(session)
    student.standing_in(f=abs).many("double", [(1,), (2,)])
    assert student.take_log() == [Request("double", (Call((1,), 2), Call((2,), 4)), stood_in=True)]
    assert student.take_log() == []


@pytest.mark.parametrize(
    "failure,calls",
    [
        (
            CallFailure("raised", "KeyError", 1),
            (Call((1,), is_lost=True), Call((2,), error="KeyError")),
        ),
        (CallFailure("not yet", "NotImplementedError"), ()),
        (CallFailure("timeout"), ()),
    ],
)
def test_the_log_keeps_an_error_only_where_one_was_raised(
    failure: CallFailure, calls: tuple[Call, ...]
) -> None:
    silence = CallFailure("timeout")
    student = Student(Scripted(lambda request: failure if len(request.calls) > 1 else silence))
    with pytest.raises(StudentFailure):
        student.many("f", [(1,), (2,)])
    assert student.take_log()[0] == Request("f", calls)


def answers_but_for_two(request: CallRequest) -> CallSuccess | CallFailure:
    numbers = [call[0] for call in request.calls]
    if 2 in numbers:
        return CallFailure("raised", "KeyError", numbers.index(2))
    return doubled(request)


def test_what_failed_with_others_is_asked_one_by_one_for_the_diagnosis() -> None:
    session = Scripted(answers_but_for_two)
    student = Student(session)
    with pytest.raises(StudentFailure, match="raised"):
        student.many("f", [(number,) for number in range(11)])
    (first,) = log = student.take_log()
    assert [call.is_lost for call in first.calls] == [True, True, False]
    assert len(session.requests) == 1  # no second try before all checks are done
    others = student.try_again(log)
    numbers = (0, 1, 3, 4, 5, 6, 7, 8)
    assert [request.calls for request in others] == [(Call((n,), 2 * n),) for n in numbers]


def test_a_call_that_failed_slowly_is_not_tried_again() -> None:
    student = Student(Scripted(lambda request: CallFailure("raised", "KeyError", 1, took_s=0.31)))
    with pytest.raises(StudentFailure):
        student.many("f", [(1,), (2,), (3,)])
    assert student.try_again(student.take_log()) == []


def test_observe_many_gives_each_call_with_its_arguments(session: Scripted) -> None:
    observed = Student(session).observe_many("double", [(1,), (2,)])
    assert observed == [Observation(2, (1,)), Observation(4, (2,))]
    assert len(session.requests) == 1
