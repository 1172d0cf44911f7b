"""A session without spare cells, with real boxes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grader.box.client import CallFailure, CallRequest, CallSuccess
from grader.box.launch import Launcher
from grader.box.lean import LeanSession
from grader.box.session import CodeCell, Session
from grader.box.spare import Spare
from grader.course.settings import Limits

LIMITS = Limits(  # honest cells and calls here take milliseconds
    cell_timeout_s=0.4, call_timeout_s=0.4, submission_timeout_s=60, memory_mib=256, output_mib=1
)
CHECK = "shown = f(3)\nprint(shown)"


@contextmanager
def lean(
    warm: Launcher, answer: str, check: str = CHECK, own: str = "pass"
) -> Iterator[LeanSession]:
    """A session for an answer, the course's check and the student's own cell, all executed."""
    cells = [
        CodeCell(0, "answer", answer),
        CodeCell(1, "check", check, is_answer=False, is_released=True),
        CodeCell(2, "own", own, is_answer=False),
    ]
    spare = Spare(cells, ["f"])
    needed = [cell for place, cell in enumerate(cells) if place not in spare.places]
    with LeanSession(
        Session(warm, {}, needed, LIMITS, "skip"),
        lambda used_s: Session(warm, {}, cells, LIMITS, used_s=used_s),
        spare,
        LIMITS,
    ) as session:
        session.execute_cells()
        yield session


def call(session: LeanSession, name: str, *arguments: object) -> CallSuccess | CallFailure:
    return session.call(CallRequest(name, [arguments], {}))


def test_a_function_is_called_without_the_check_cell(warm: Launcher) -> None:
    with lean(warm, "def f(x):\n    return 2 * x") as session:
        assert call(session, "f", 4) == CallSuccess((8,), (None,))
        assert (session.is_whole, list(session.outcomes), session.notes) == (False, [0, 2], ())


def test_all_cells_are_executed_first_for_a_function_that_remembers(warm: Launcher) -> None:
    with lean(warm, "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)") as session:
        assert call(session, "f", 4) == CallSuccess((2,), (None,))  # the check made the first call
        assert (session.is_whole, list(session.outcomes)) == (True, [0, 1, 2])


@pytest.mark.slow
def test_a_call_that_ends_the_box_has_the_notes_of_a_whole_session(warm: Launcher) -> None:
    endless = "def f(x):\n    while x > 3:\n        pass\n    return x"
    with lean(warm, endless) as session:
        found = call(session, "f", 4)
        assert isinstance(found, CallFailure)
        assert session.is_whole
        notes = session.notes
    cells = [CodeCell(0, "answer", endless), CodeCell(1, "check", CHECK, is_answer=False)]
    with Session(warm, {}, cells, LIMITS) as whole:
        whole.execute_cells()
        assert whole.call(CallRequest("f", [(4,)], {})) == found
        assert whole.notes == notes


@pytest.mark.slow
def test_a_cell_that_ends_the_box_is_followed_by_all_cells(warm: Launcher) -> None:
    with lean(warm, "def f(x):\n    return x\nwhile True:\n    pass") as session:
        assert session.is_whole
        assert len(session.notes) == 1
        assert session.outcomes[0].died


def test_a_name_that_only_a_left_out_cell_defines_is_found(warm: Launcher) -> None:
    with lean(warm, "def f(x):\n    return x", "def given(x):\n    return f(x)") as session:
        assert call(session, "f", 1) == CallSuccess((1,), (None,))
        assert not session.is_whole
        assert call(session, "given", 1) == CallSuccess((1,), (None,))
        assert session.is_whole


def test_a_failure_that_tells_of_a_left_out_name_is_tried_with_all_cells(warm: Launcher) -> None:
    answer = "def f(x):\n    raise NameError(\"name 'shown' is not defined\")"
    with lean(warm, answer) as session:
        assert isinstance(call(session, "f", 1), CallFailure)
        assert session.is_whole


def test_a_function_by_itself_needs_no_check_cell_either(warm: Launcher) -> None:
    with lean(warm, "def f(x):\n    return 2 * x", own="print(old_version(1))") as session:
        apart = session.apart(["f"])
        assert apart is not None
        assert apart.call(CallRequest("f", [(4,)], {})) == CallSuccess((8,), (None,))
        assert session.probe(CallRequest("f", [(5,)], {}), 1) == CallSuccess((10,), (None,))
        assert (session.is_whole, list(session.outcomes)) == (False, [0, 2])


@pytest.mark.slow
def test_all_cells_are_executed_once_a_function_by_itself_ends_its_box(warm: Launcher) -> None:
    endless = "def f(x):\n    while x > 3:\n        pass\n    return x"
    with lean(warm, endless, own="print(old_version(1))") as session:
        apart = session.apart(["f"])
        assert apart is not None
        assert isinstance(apart.call(CallRequest("f", [(4,)], {})), CallFailure)
        assert (session.is_whole, list(session.outcomes)) == (True, [0, 1, 2])
