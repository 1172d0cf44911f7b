"""Written answers without names, and whose turn each is.

An answer has a random token, and answers come in the order of their tokens, so neither an address
nor an order tells whose an answer is. Who opens an answer holds it for a while: others get
different answers as long as there are any. That spares work; what keeps two markers from
overwriting each other is `grader.gradebook.marking`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from grader.desk.state import State
from grader.desk.tables import ANSWERS
from grader.desk.tokens import new_token

__all__ = ["HELD", "Turns"]

HELD = timedelta(minutes=15)


class Turns:
    """The answers to one written question.

    Args:
        state: the desk.
        assignment: assignment id.
        question: name of the question.
    """

    def __init__(self, state: State, assignment: str, question: str) -> None:
        self._state = state
        self._values = {"assignment": assignment, "question": question}

    def tokens(self, students: Iterable[str]) -> dict[str, str]:
        """The token of each student's answer, in the order of the tokens.

        Args:
            students: their ids; who has no token yet gets one.
        """
        wanted = set(students)
        known = self._known()
        while missing := wanted - known.keys():
            with suppress(IntegrityError), self._state.writing() as connection:
                rows = [{**self._values, "student": s, "token": new_token()} for s in missing]
                connection.execute(insert(ANSWERS), rows)
            known = self._known()  # where another process was faster, its tokens are here
        return {s: known[s] for s in sorted(wanted, key=known.__getitem__)}

    def take(self, marker: str, tokens: Sequence[str], after: str = "") -> str | None:
        """The next answer for a marker, who holds it from now on; None if there is none.

        Args:
            marker: id of the teacher or assistant.
            tokens: of the answers that wait.
            after: the token of the answer that the marker comes from, which comes last.
        """
        now = datetime.now(UTC)
        in_turn = sorted(tokens, key=lambda token: (token <= after, token == after, token))
        with self._state.writing() as connection:
            held = self._held_by_others(connection, marker, now)
            chosen = next((t for t in in_turn if t not in held), next(iter(in_turn), None))
            if chosen is not None:
                self._hold(connection, chosen, marker, now)
        return chosen

    def hold(self, marker: str, token: str) -> None:
        """Note that a marker has opened an answer.

        Args:
            marker: id of the teacher or assistant.
            token: of the answer.
        """
        with self._state.writing() as connection:
            self._hold(connection, token, marker, datetime.now(UTC))

    def _known(self) -> dict[str, str]:
        with self._state.reading() as connection:
            rows = connection.execute(self._query(ANSWERS.c.student, ANSWERS.c.token))
            return {row.student: row.token for row in rows}

    def _held_by_others(
        self, connection: Connection, marker: str, now: datetime
    ) -> Collection[str]:
        rows = connection.execute(
            self._query(ANSWERS.c.token, ANSWERS.c.held_by, ANSWERS.c.held_at).with_for_update()
        )
        return {
            row.token
            for row in rows
            if row.held_at and row.held_by != marker and now - row.held_at < HELD
        }

    def _hold(self, connection: Connection, token: str, marker: str, now: datetime) -> None:
        connection.execute(
            update(ANSWERS).where(ANSWERS.c.token == token).values(held_by=marker, held_at=now)
        )

    def _query(self, *columns: Any) -> Any:
        return select(*columns).where(
            *(ANSWERS.c[name] == value for name, value in self._values.items())
        )
