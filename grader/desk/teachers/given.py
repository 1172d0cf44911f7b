"""What a marker entered for an answer: ticks or a number, and a comment."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from grader.course.rubric import RubricItem
from grader.course.written import Written
from grader.desk.texts import plain
from grader.gradebook.mark import Mark, Tick
from grader.locale.translations import gettext

__all__ = ["MAX_COMMENT", "Given", "NotGiven", "given_before", "given_in", "key_of", "mark_of"]

MAX_COMMENT = 4000  # characters
NUMBER = re.compile(r"[0-9]{1,4}([.,][0-9]{0,3})?|[.,][0-9]{1,3}")
TICK = "tick-"


class NotGiven(Exception):
    """Nothing can be kept of what was entered.

    Args:
        reason: one sentence for the marker.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Given:
    """The fields of the form, as they were entered or are to be shown.

    Args:
        ticks: the keys of the lines that are ticked.
        points: a number as it was typed; "" if the ticks count.
        comment: words to the student.
    """

    ticks: frozenset[str]
    points: str
    comment: str


def key_of(line: RubricItem | Tick) -> str:
    """What stands for a line of a rubric in the form; another text or other points are another."""
    return hashlib.sha256(f"{line.points} {line.text}".encode()).hexdigest()[:16]


def given_in(fields: Mapping[str, str]) -> Given:
    """What the form of a page brought.

    Args:
        fields: all of them, as they came.
    """
    ticks = frozenset(n.removeprefix(TICK) for n in fields if n.startswith(TICK))
    return Given(ticks, fields.get("points", "").strip(), plain(fields.get("comment", "")))


def given_before(mark: Mark) -> Given:
    """What was entered for a mark that is there; the points, if they do not follow from ticks.

    Args:
        mark: as the gradebook has it.
    """
    ticks = frozenset(key_of(line) for line in mark.ticks if line.given)
    by_ticks = sum(line.points for line in mark.ticks if line.given)
    is_by_ticks = mark.score is None or (ticks and max(by_ticks, 0.0) == mark.score)
    return Given(ticks, "" if is_by_ticks else f"{mark.score:g}", mark.comment)


def mark_of(written: Written, given: Given) -> Mark:
    """The mark that this gives.

    Args:
        written: the question, with its rubric as it is now.
        given: what the marker entered.

    Raises:
        NotGiven: a field is wrong, or nothing was entered.
    """
    lines = {key_of(item): item for item in written.rubric}
    if given.ticks - lines.keys():
        raise NotGiven(gettext("The rubric has changed. Look at your ticks, then save again."))
    if len(given.comment) > MAX_COMMENT:
        told = gettext("The comment is too long: at most {count} characters.", count=MAX_COMMENT)
        raise NotGiven(told)
    by_ticks = sum(item.points for key, item in lines.items() if key in given.ticks)
    score = _number(written, given) if given.points else min(max(by_ticks, 0.0), written.points)
    if not given.points and not given.ticks:
        told = gettext("Tick what the answer has, or enter points; 0 stands for none.")
        raise NotGiven(told if lines else gettext("Enter points; 0 stands for none."))
    ticks = tuple(Tick(i.points, i.text, key in given.ticks) for key, i in lines.items())
    is_told_by_ticks = given.ticks or score == 0  # else all lines would read “not given”
    return Mark(score, given.comment, ticks if is_told_by_ticks else ())


def _number(written: Written, given: Given) -> float:
    typed = unicodedata.normalize("NFKC", given.points)  # digits of a Chinese keyboard
    score = float(typed.replace(",", ".")) if NUMBER.fullmatch(typed) else -1.0
    if not 0 <= score <= written.points:
        told = gettext("Points must be a number from 0 to {most:g}.", most=written.points)
        raise NotGiven(told)
    return score
