"""The log: what was changed is told for good."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from grader.desk.log import entries, log
from grader.desk.state import State
from tests.kit.desk import TestDesk


def filled(desk: TestDesk) -> State:
    with desk.state.writing() as connection:
        log(connection, "ada", "extension", assignment="tiny", student="mira", after="2 days")
        log(connection, "tom", "grade again", assignment="tiny", student="farah")
        log(connection, "ada", "release", assignment="other", before="hints", after="full")
    return desk.state


def test_entries_are_told_the_newest_first(desk: TestDesk) -> None:
    state = filled(desk)
    assert [entry.what for entry in entries(state)] == ["release", "grade again", "extension"]
    (newest,) = entries(state, most=1)
    assert (newest.before, newest.after, newest.student) == ("hints", "full", "")


def test_entries_are_found_by_assignment_student_and_who(desk: TestDesk) -> None:
    state = filled(desk)
    assert len(entries(state, assignment="tiny")) == 2
    assert [entry.who for entry in entries(state, students=["farah"])] == ["tom"]
    assert [entry.what for entry in entries(state, who=["ada"])] == ["release", "extension"]
    assert entries(state, students=[]) == []


def test_a_change_that_fails_leaves_no_entry(desk: TestDesk) -> None:
    with pytest.raises(ZeroDivisionError), desk.state.writing() as connection:
        log(connection, "ada", "extension")
        1 / 0  # noqa: B018
    assert entries(desk.state) == []


def test_a_text_is_kept_whole_or_says_that_it_is_not(desk: TestDesk) -> None:
    """The longest comment that a marker can write fits, with points and rubric beside it."""
    with desk.state.writing() as connection:
        log(connection, "ada", "mark", before="x" * 5000, after="y" * 100_000)
    (entry,) = entries(desk.state)
    assert entry.before == "x" * 5000
    assert len(entry.after) < 10_000 and entry.after.endswith("y…")


@pytest.mark.parametrize("change", ["UPDATE desk_log SET who = 'eve'", "DELETE FROM desk_log"])
def test_the_database_refuses_to_change_the_past(desk: TestDesk, change: str) -> None:
    state = filled(desk)
    with pytest.raises(DatabaseError, match="never changed"), state.writing() as connection:
        connection.execute(text(change))
    assert len(entries(state)) == 3
