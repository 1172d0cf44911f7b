"""Moodle's team submissions: recognised and told, since a group's number is nobody's id.

Moodle writes group and number just where it writes student and number in other downloads. A
download is either of teams or of students: it is of teams if one name comes without a number (that
of Moodle's “Default group”), and it may be if the roster knows none of its names. What a group of
groups.csv handed in is taken for one of its members; it counts for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.course.groups import Group
from grader.course.roster import Roster, name_key
from grader.intake.identity import is_damaged
from grader.intake.naming.handed import Handed

__all__ = ["without_teams"]

GROUP = re.compile(
    r"(?<![^\W\d_])(group|team|gruppe|groupe|équipe|equipe|grupo|equipo|gruppo|squadra|groep|grupp|"
    r"grupa|skupina|ryhmä|группа|команда|ομάδα|小组|グループ)(?![^\W\d_])",
    re.IGNORECASE,
)
BLIND = "Participant"  # what Moodle calls everyone whom graders must not know
WRITE_GROUPS = (
    "write groups.csv, with the line group,student and a line such as Group 7,ada for each member, "
    "and collect again"
)


def without_teams(
    files: Sequence[Handed], roster: Roster | None, groups: Sequence[Group] = ()
) -> list[Handed]:
    """Give what a team handed in to Moodle to a member of the group, or mark it.

    Args:
        files: all files of a download.
        roster: who takes the course; None if there is no roster.
        groups: the groups of the assignment.

    Returns:
        The files in their order. Those of a group that `groups` has are under the id of its first
        member, those of other teams have a `doubt` that says so.
    """
    members = _first_members(groups, roster)
    files = [_of_group(file, members, roster) for file in files]
    people = [file for file in files if file.column == "moodle_id"]
    is_certain = any(not file.key for file in people)
    are_strangers = roster is not None and _are_strangers(people, roster)
    marked = []
    for file in files:
        reason = ""
        if file.column == "moodle_id" and (is_certain or _is_group(file.name, roster)):
            reason = f"a team's work, and a group's number is not a student's; {WRITE_GROUPS}"
        elif roster and are_strangers and _has_number_only(file, roster):
            reason = (
                f"the roster has no name of this download, so {file.key} may be a group's number; "
                f"correct the names in the roster, or if it is a team's work, {WRITE_GROUPS}"
            )
        marked.append(replace(file, doubt=reason) if reason else file)
    return marked


def _first_members(groups: Sequence[Group], roster: Roster | None) -> dict[str, str]:
    """The first member of each group who takes the course, by the group's name."""
    found: dict[str, str] = {}
    for group in groups:
        there = [m for m in group.members if roster is None or m in roster.people]
        found |= {name_key(group.name): there[0]} if there and name_key(group.name) else {}
    return found


def _of_group(file: Handed, members: dict[str, str], roster: Roster | None) -> Handed:
    member = members.get(name_key(file.name)) if file.column == "moodle_id" else None
    if member is None or (roster and roster.by_name(file.name)):
        return file
    return replace(file, key=member, column="id", name="")


def _has_number_only(file: Handed, roster: Roster) -> bool:
    is_number = file.column == "moodle_id" and not is_damaged(file.name)
    return is_number and roster.by(file.column, file.key) is not None


def _is_group(name: str, roster: Roster | None) -> bool:
    return bool(GROUP.search(name)) and not (roster and roster.by_name(name))


def _are_strangers(files: Sequence[Handed], roster: Roster) -> bool:
    """Whether the names may be those of groups, since none of them is in the roster."""
    names = {file.name for file in files if not is_damaged(file.name)}
    numbers = {file.key for file in files}
    is_blind = names == {BLIND} or (len(names) == 1 and len(numbers) > 1)
    has_names = any(person.sortable_name for person in roster)
    return bool(files) and has_names and not is_blind and not any(map(roster.by_name, names))
