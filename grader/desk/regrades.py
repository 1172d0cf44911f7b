"""Requests for a regrade: what a student asks about a check, and what was said since.

A request is open until somebody of the staff answers. The student can then ask again below the
answer, and the request is open again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from grader.desk.log import log
from grader.desk.state import State
from grader.desk.tables import MESSAGES, REQUESTS
from grader.locale.translations import gettext, ngettext

__all__ = ["MAX_TEXT", "MOST_A_DAY", "About", "NotAsked", "Regrade", "Regrades", "Said"]

MAX_TEXT = 1000  # characters of one message
MOST_A_DAY = 10  # messages of one student in 24 hours
SHOWN = 50  # of those that are answered


class NotAsked(Exception):
    """Nothing was kept.

    Args:
        reason: one sentence for who wrote it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class About:
    """What a request is about.

    Args:
        assignment: assignment id.
        number: of the attempt.
        question: its name.
        test: what stands for the check; "" for a whole question.
        claim: what the check asks for, as the student read it; "" for a whole question.
    """

    assignment: str
    number: int
    question: str
    test: str
    claim: str


@dataclass(frozen=True)
class Said:
    """One message.

    Args:
        id: later ones have greater numbers.
        author: id of who wrote it.
        is_staff: whether that was a teacher or an assistant.
        at: when.
        text: plain text.
    """

    id: int
    author: str
    is_staff: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class Regrade:
    """One request.

    Args:
        id: its number.
        student: who asks, by the id that they had then.
        about: what it is about.
        is_open: whether it waits for an answer.
        said: the messages, the oldest first.
    """

    id: int
    student: str
    about: About
    is_open: bool
    said: tuple[Said, ...]

    @property
    def last(self) -> int:
        """The number of the last message, by which one knows whether there is a newer one."""
        return self.said[-1].id


class Regrades:
    """The requests of a course.

    Args:
        state: the desk.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def ask(self, student: str, about: About, text: str) -> None:
        """Ask, or ask again below the answer.

        Args:
            student: who asks.
            about: what it is about.
            text: what they write.

        Raises:
            NotAsked: the text is empty or too long, the request is open already, or the student
                has asked often today.
        """
        _check(text)
        now = datetime.now(UTC)
        try:
            with self._state.writing() as connection:
                _check_often(connection, student, now)
                id_ = _opened(connection, student, about)
                _say(connection, id_, student, False, now, text)
                told = f"{_in_words(about)} {text}"
                log(
                    connection,
                    student,
                    "request for a regrade",
                    assignment=about.assignment,
                    student=student,
                    after=told,
                )
        except IntegrityError:  # the same form came twice at once, to two processes
            raise _asked_already() from None

    def answer(self, regrade: Regrade, author: str, seen: int, text: str) -> bool:
        """Answer a request.

        Args:
            regrade: the request.
            author: id of the teacher or assistant.
            seen: the last message that they had on the screen.
            text: what they write.

        Returns:
            Whether the answer is kept; False if there is a newer message.

        Raises:
            NotAsked: the text is empty or too long.
        """
        _check(text)
        with self._state.writing() as connection:
            own = REQUESTS.c.id == regrade.id
            connection.execute(select(REQUESTS.c.id).where(own).with_for_update()).one()
            last = select(func.max(MESSAGES.c.id)).where(MESSAGES.c.request == regrade.id)
            if connection.scalar(last) != seen:
                return False
            _say(connection, regrade.id, author, True, datetime.now(UTC), text)
            connection.execute(update(REQUESTS).where(own).values(is_open=0))
            log(
                connection,
                author,
                "answer to a request",
                assignment=regrade.about.assignment,
                student=regrade.student,
                before=f"{_in_words(regrade.about)} {regrade.said[-1].text}",
                after=text,
            )
        return True

    def of(
        self, students: Collection[str], assignment: str, number: int | None = None
    ) -> list[Regrade]:
        """What a student asked about an assignment.

        Args:
            students: the student's id, and those that they had before.
            assignment: assignment id.
            number: of the only attempt that is asked for; None for all.
        """
        return self._found(
            REQUESTS.c.student.in_(students),
            REQUESTS.c.assignment == assignment,
            *([] if number is None else [REQUESTS.c.number == number]),
        )

    def one(self, id_: int) -> Regrade | None:
        """The request with that number; None if there is none."""
        return next(iter(self._found(REQUESTS.c.id == id_)), None)

    def open_ones(self) -> list[Regrade]:
        """All that wait for an answer, the oldest first."""
        return sorted(self._found(REQUESTS.c.is_open == 1), key=lambda regrade: regrade.last)

    def answered(self, students: Iterable[str]) -> list[Regrade]:
        """The last ones that were answered, the newest first.

        Args:
            students: those of these students.
        """
        wanted = set(students)
        query = select(REQUESTS.c.id, REQUESTS.c.student).where(REQUESTS.c.is_open == 0)
        with self._state.reading() as connection:
            rows = connection.execute(query.order_by(REQUESTS.c.id.desc())).all()
        ids = [row.id for row in rows if row.student in wanted][:SHOWN]
        return sorted(self._found(REQUESTS.c.id.in_(ids)), key=lambda r: -r.last)

    def _found(self, *conditions: ColumnElement[bool]) -> list[Regrade]:
        with self._state.reading() as connection:
            rows = connection.execute(select(REQUESTS).where(*conditions).order_by(REQUESTS.c.id))
            requests = rows.all()
            chosen = MESSAGES.c.request.in_([row.id for row in requests])
            said: dict[int, list[Said]] = {}
            for m in connection.execute(select(MESSAGES).where(chosen).order_by(MESSAGES.c.id)):
                message = Said(m.id, m.author, bool(m.is_staff), m.at, m.text)
                said.setdefault(m.request, []).append(message)
        return [_regrade(row, said[row.id]) for row in requests]


def _regrade(row: Any, said: Iterable[Said]) -> Regrade:
    about = About(row.assignment, row.number, row.question, row.test, row.claim)
    return Regrade(row.id, row.student, about, bool(row.is_open), tuple(said))


def _check(text: str) -> None:
    if not text:
        raise NotAsked(gettext("Write something first."))
    if len(text) > MAX_TEXT:
        told = gettext("The text is too long: at most {count} characters.", count=MAX_TEXT)
        raise NotAsked(told)


def _check_often(connection: Connection, student: str, now: datetime) -> None:
    query = select(func.count()).where(
        MESSAGES.c.author == student,
        MESSAGES.c.is_staff == 0,
        MESSAGES.c.at > now - timedelta(days=1),
    )
    if (connection.scalar(query) or 0) >= MOST_A_DAY:
        raise NotAsked(
            ngettext(
                "You can ask once in a day; try again tomorrow.",
                "You can ask {count} times in a day; try again tomorrow.",
                MOST_A_DAY,
            )
        )


def _opened(connection: Connection, student: str, about: About) -> int:
    """The number of the request, which is open from now on."""
    key = {
        "student": student,
        "assignment": about.assignment,
        "number": about.number,
        "question": about.question,
        "test": about.test,
    }
    query = select(REQUESTS).where(*(REQUESTS.c[name] == value for name, value in key.items()))
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        values = {**key, "claim": about.claim, "is_open": 1}
        new = connection.execute(insert(REQUESTS).values(values).returning(REQUESTS.c.id))
        return int(new.scalar_one())
    if row.is_open:
        raise _asked_already()
    connection.execute(update(REQUESTS).where(REQUESTS.c.id == row.id).values(is_open=1))
    return int(row.id)


def _asked_already() -> NotAsked:
    return NotAsked(gettext("You have asked about this already. Your teacher will answer."))


def _say(
    connection: Connection, id_: int, author: str, is_staff: bool, at: datetime, text: str
) -> None:
    values = {"request": id_, "author": author, "is_staff": int(is_staff), "at": at, "text": text}
    connection.execute(insert(MESSAGES).values(values))


def _in_words(about: About) -> str:
    claim = f" ({about.claim})" if about.claim else ""
    return f"attempt {about.number}, {about.question}{claim}:"
