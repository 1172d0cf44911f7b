"""Names that hold number and name of a student, as systems and teachers in China give them.

`学号-姓名`, `姓名_学号`, `学号姓名`, `班级-学号-姓名-作业`: no two downloads are alike. The roster
decides: a label belongs to the one whose number is in it, unless the name in it is somebody
else's. A label without a number belongs to the one whose whole name is in it. The width of digits
and brackets makes no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from grader.course.roster import Person, Roster, name_key

__all__ = ["Labels", "number_in"]

NUMBERS = ("id", "sis_id", "sis_login", "moodle_username")
RUN = re.compile(r"[0-9A-Za-z]+")
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{HAN}·•]+|[^\W\d_](?:[^\W\d_{HAN}]|[ .'])*")
STUDENT_NUMBER = re.compile(r"[A-Za-z]{0,4}[0-9]{6,}[A-Za-z]?")
MIN_NUMBER = 4  # characters; a shorter one may be the number of a class, or of a copy


def number_in(label: str) -> str:
    """The only number in a label that can be a student's; "" if there is none, or several.

    Args:
        label: the name of a folder or file.
    """
    found = {run for run in RUN.findall(_plain(label)) if STUDENT_NUMBER.fullmatch(run)}
    return found.pop() if len(found) == 1 else ""


class Labels:
    """Tells whose label it is.

    Args:
        roster: who takes the course.
        now: the id that a student has now, by each id that they had before.
    """

    def __init__(self, roster: Roster, now: Mapping[str, str] = MappingProxyType({})) -> None:
        self._roster = roster
        self._numbers = {
            (person.id, _plain(value).casefold())
            for person in roster
            for column in NUMBERS
            if len(value := getattr(person, column)) >= MIN_NUMBER
        }
        self._numbers |= {
            (new, _plain(old).casefold()) for old, new in now.items() if new in roster.people
        }
        self.owner = cache(self._owner)

    def is_label(self, name: str) -> bool:
        """Whether a name holds the number or the name of a student.

        What two students are called in different columns is no label: it has to be corrected.
        """
        return len(self._roster.all_by_any(name)) < 2 and self.owner(name) != ""

    def has_number(self, label: str, student: str) -> bool:
        """Whether a number of that student is in a label."""
        return student in self._numbered(label)

    def _owner(self, label: str) -> Person | str:
        """The one whom a label names, or why it names nobody for sure; "" if it names nobody."""
        numbered, named = self._numbered(label), self._named(label)
        if len(numbered) > 1:
            numbered &= named
        if len(numbered) == 1:
            (student,) = numbered
            if named and student not in named:
                others = " or ".join(sorted(named))
                return f"its number is that of {student}, its name that of {others}"
            return self._roster.people[student]
        if number := number_in(label):
            whose = f", but its name is that of {' and '.join(sorted(named))}" if named else ""
            return f"nobody in the roster has the number {number}{whose}"
        if len(named) > 1:
            return f"{' and '.join(sorted(named))} have this name"
        return self._roster.people[named.pop()] if named else ""

    def _numbered(self, label: str) -> set[str]:
        text = _plain(label).casefold()
        return {student for student, number in self._numbers if _holds(text, number)}

    def _named(self, label: str) -> set[str]:
        return {p.id for word in _words(label) for p in self._roster.by_name(word)}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _holds(text: str, number: str) -> bool:
    """Whether a number is in a text as a whole, not as a part of a longer one."""
    return number in text and bool(
        re.search(rf"(?<![0-9a-z]){re.escape(number)}(?![0-9a-z])", text)
    )


def _words(label: str) -> Iterable[str]:
    """What can be a name: what stands between digits and signs."""
    text = _plain(label)
    phrases = re.split(r"[^\w·• .']|_|\d", text)  # a name may have a blank in it
    return {word.strip() for word in (*WORD.findall(text), *phrases) if name_key(word)}
