"""Forty students in a Canvas that a test plays, and the roster of them."""

from __future__ import annotations

from grader.course.settings import Course
from grader.lms.access import Access, Place
from grader.lms.canvas import Canvas
from tests.kit.canvas_server import COURSE, TASK, TOKEN, Class

__all__ = ["connected", "enroll_forty", "id_of", "write_roster"]

FIRST = "Ann Bo Chidi Dora Emil Fay Gus Hana Ivo Juno".split()
LAST = "Abara Berg Chen Díaz".split()


def id_of(number: int) -> str:
    """Our id of the student with that number in Canvas."""
    return f"s{number - 500:02}"


def enroll_forty(known: Class) -> list[int]:
    """Forty students, two of each of whose names differ only in one letter or in none."""
    numbers = list(range(501, 541))
    for number in numbers:
        place = number - 501
        name = f"{LAST[place // 10]}, {FIRST[place % 10]}"
        if place == 39:
            name = f"{LAST[0]}, {FIRST[0]}"  # another Ann Abara
        section = 71 if place % 2 else 72
        known.enroll(number, name, section=section, email=f"p{number}@example.org")
    return numbers


def write_roster(course: Course, known: Class) -> None:
    """A roster with Canvas's numbers."""
    rows = ["id,first_name,last_name,canvas_id"]
    for number, user in known.users.items():
        last, _, first = user["sortable_name"].partition(", ")
        rows.append(f"{id_of(number)},{first},{last},{number}")
    course.roster_path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def connected(known: Class, pauses: list[float] | None = None, token: str = TOKEN) -> Canvas:
    """A connection that never waits; `pauses` gets the seconds that it would have."""
    waited = [] if pauses is None else pauses
    return Canvas(Access(known.url, token), Place(COURSE, TASK), waited.append)
