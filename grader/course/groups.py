"""groups.csv: who works together. One hand-in of a group counts for all its members.

Its columns are `group` and `student`, one row for each member; other columns are ignored. With a
column `assignment`, a row holds for that assignment alone. An assignment that has rows of its own
has only those groups; all others have the groups of the rows that name no assignment.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from grader.course.ids import USABLE_ID, is_safe_student
from grader.course.roster import CONTROL, load_roster, name_key
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.table import Row, Table, read_table

__all__ = ["Group", "Groups", "load_groups"]

EVERY = ""  # stands for each assignment without rows of its own
MAX_NAME = 100  # characters


@dataclass(frozen=True)
class Group:
    """Students who hand in together.

    Args:
        name: as groups.csv has it.
        members: their ids, sorted.
    """

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Groups:
    """The groups of a course.

    Args:
        by_assignment: the groups of each assignment that has rows of its own, and those of all
            others under "".
        remarks: members who are not in the roster, because they dropped out or because their id
            is misspelt; a person has to look which.
    """

    by_assignment: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def at(self, assignment_id: str) -> tuple[Group, ...]:
        """The groups of an assignment, by name.

        Args:
            assignment_id: the assignment.
        """
        every = self.by_assignment.get(EVERY, ())
        return self.by_assignment.get(assignment_id, every)

    def of(self, assignment_id: str, student: str) -> Group | None:
        """The group of a student; None if they work alone.

        Args:
            assignment_id: the assignment.
            student: the student's id.
        """
        return next((g for g in self.at(assignment_id) if student in g.members), None)

    def with_members(self, assignment_id: str, students: Collection[str]) -> list[str]:
        """The students and everybody who works with one of them, sorted.

        Args:
            assignment_id: the assignment.
            students: ids of students.
        """
        groups = [group for s in students if (group := self.of(assignment_id, s))]
        return sorted({*students, *(member for group in groups for member in group.members)})

    def named(self, assignment_id: str, name: str) -> Group | None:
        """The group of that name; None if there is none.

        Args:
            assignment_id: the assignment.
            name: in any case, Unicode form and width, with or without blanks.
        """
        key = name_key(name)
        return next((g for g in self.at(assignment_id) if key and name_key(g.name) == key), None)


def load_groups(course: Course) -> Groups:
    """Read the file of groups, if the course has one.

    Raises:
        UsageError: it or the roster cannot be read, or a row is wrong. The message names the
            file, the line and the remedy.
    """
    path = course.groups_path
    if not os.path.lexists(path) and "groups" not in course.model_fields_set:
        return Groups()
    table, roster = read_table(path), load_roster(course)
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    names: dict[tuple[str, str], str] = {}
    members: dict[str, dict[str, list[str]]] = {}
    remarks = []
    for row, assignment, group, student in _rows(course, table):
        _refuse_second(table, row, (assignment, student), group, seen)
        _refuse_alike(table, row, (assignment, name_key(group)), group, names)
        if roster is not None and student not in roster.people:
            problem = f"{student!r} is not in {course.roster}; correct the id if it is misspelt"
            remarks.append(_told(table, row, problem))
        members.setdefault(assignment, {}).setdefault(group, []).append(student)
    return Groups({name: _sorted(groups) for name, groups in members.items()}, tuple(remarks))


def _sorted(groups: Mapping[str, list[str]]) -> tuple[Group, ...]:
    return tuple(Group(name, tuple(sorted(groups[name]))) for name in sorted(groups))


def _rows(course: Course, table: Table) -> Iterator[tuple[Row, str, str, str]]:
    """Each row with its assignment ("" for every one), group and student."""
    places = table.only_columns("group", "student", "assignment")
    for name in ("group", "student"):
        if places[name] is None:
            raise UsageError(
                f"{table.path}: line 1: no column {name!r}; name the columns in line 1"
            )
    for row in table.rows:
        if any(row.cells[len(table.header) :]):
            problem = "more cells than columns; write one row for each student of a group"
            raise UsageError(_told(table, row, problem))
        cell = {name: "" if p is None else row.get(p) for name, p in places.items()}
        if problem := _problem(course, cell):
            raise UsageError(_told(table, row, problem))
        yield row, cell["assignment"], cell["group"], cell["student"]


def _problem(course: Course, cell: Mapping[str, str]) -> str:
    """What is wrong with a row; "" if nothing is."""
    if not is_safe_student(cell["student"]):
        return f"student {repr(cell['student'])[:60]}: {USABLE_ID}"
    group = cell["group"]
    if len(group) > MAX_NAME or CONTROL.search(group) or not name_key(group):
        told = f"must be plain text with a letter or digit, of at most {MAX_NAME} characters"
        return f"group {repr(group)[:60]}: {told}"
    if cell["assignment"]:
        try:
            course.assignment(cell["assignment"])
        except UsageError as error:
            return f"{error}; take the row out if it was withdrawn"
    return ""


def _refuse_second(
    table: Table,
    row: Row,
    key: tuple[str, str],
    group: str,
    seen: dict[tuple[str, str], tuple[str, int]],
) -> None:
    if key in seen:
        other, line = seen[key]
        where = f"{other!r} in line {line}"
        raise UsageError(
            _told(table, row, f"{key[1]} is also in the group {where}; keep one of the two rows")
        )
    seen[key] = group, row.line


def _refuse_alike(
    table: Table, row: Row, key: tuple[str, str], group: str, names: dict[tuple[str, str], str]
) -> None:
    """Two names that people would take for the same one are a typing error."""
    if (other := names.setdefault(key, group)) != group:
        problem = f"group {group!r} is also written {other!r}; write it in one way"
        raise UsageError(_told(table, row, problem))


def _told(table: Table, row: Row, problem: str) -> str:
    return f"{table.path}: line {row.line}: {problem}"
