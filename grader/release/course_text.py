"""course.yml as text: the one of a new course, with all comments and the layout of the old one."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import yaml

from grader.errors import UsageError

__all__ = ["assignments_of", "first_text", "for_next_time", "last_line", "template"]

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
UNSET = "# set the date, and remove the # before due; until then nothing is late"


def template(name: str) -> str:
    """A file of a new course.

    Args:
        name: its name, without the `.txt` that keeps tools from taking it for a real one.
    """
    source = files("grader.release") / "templates" / "course" / f"{name}.txt"
    return source.read_text(encoding="utf-8")


def first_text(name: str, seed: int, assignments: str) -> str:
    """The course.yml of a course without a predecessor.

    Args:
        name: the course's title.
        seed: its seed.
        assignments: the lines of the list of its assignments.
    """
    text = template("course.yml").replace("{{seed}}", str(seed))
    text = text.replace("{{assignments}}", assignments.rstrip())
    return text.replace("{{name}}", _quoted(name))


def assignments_of(text: str) -> str:
    """The lines of the list of assignments in a course.yml.

    Args:
        text: of a valid course.yml that lists them one below the other.
    """
    tree: Any = yaml.compose(text, yaml.SafeLoader)
    (listed,) = (value for key, value in tree.value if key.value == "assignments")
    return "\n".join(text.splitlines()[listed.start_mark.line : last_line(listed) + 1])


def last_line(node: yaml.Node) -> int:
    """The line on which the last value of a block ends, from 0; only comments may follow it.

    Args:
        node: of a composed document.
    """
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def for_next_time(
    text: str, values: Mapping[str, str | int], kept: Collection[str], first_due: date | None
) -> str:
    """The course.yml of another course, made ready for the next class.

    Args:
        text: that of the other course, which is valid.
        values: new values of keys at its top, or of one below such as `desk.database`; those that
            it does not have are left out.
        kept: ids of the assignments that stay.
        first_due: the day on which the first of them is due, while all others keep their distance
            to it; None makes comments of the due dates.

    Raises:
        UsageError: an assignment or a date stands where it cannot be taken out.
    """
    tree: Any = yaml.compose(text, yaml.SafeLoader)
    top = {key.value: value for key, value in tree.value}
    found = top | _below(top)
    edits = [
        (found[key].start_mark.index, found[key].end_mark.index, _quoted(value))
        for key, value in values.items()
        if key in found
    ]
    listed = top["assignments"]
    named = {_keys(entry)["id"][1].value: entry for entry in listed.value}
    gone = [entry for name, entry in named.items() if name not in kept]
    if gone and listed.flow_style:
        raise UsageError(
            "course.yml: assignments are listed in brackets; write them one below the other"
        )
    edits += [_without(text, entry, listed) for entry in gone]
    dues = [_keys(named[name])["due"] for name in named if name in kept]
    edits += _dated(text, [due for due in dues if due], first_due)
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _below(top: Mapping[str, Any]) -> dict[str, Any]:
    """The values of keys one below the top, by both keys with a point between them."""
    return {
        f"{name}.{key.value}": value
        for name, group in top.items()
        if isinstance(group, yaml.MappingNode)
        for key, value in group.value
    }


def _keys(entry: Any) -> dict[str, Any]:
    """The key and the value of each line of an assignment, by key; None for no due date."""
    return {"due": None, **{key.value: (key, value) for key, value in entry.value}}


def _quoted(value: str | int) -> str:
    """A value as YAML; quoted only where it must be."""
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z][\w ,.()-]*|sqlite:///\w+\.db", value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _without(text: str, entry: Any, listed: Any) -> tuple[int, int, str]:
    """The edit that takes out the lines of an assignment, up to the next one."""
    starts = [other.start_mark.line for other in listed.value]
    later = [start for start in starts if start > entry.start_mark.line]
    end = later[0] if later else last_line(entry) + 1
    lines = text.splitlines(keepends=True)
    return len("".join(lines[: entry.start_mark.line])), len("".join(lines[:end])), ""


def _dated(text: str, dues: list[Any], first_due: date | None) -> list[tuple[int, int, str]]:
    if first_due is None:
        return [_cleared(text, key, value) for key, value in dues]
    days = [date.fromisoformat(found[0]) for _, value in dues if (found := DATE.match(value.value))]
    if not days or len(days) < len(dues):
        problem = "no due dates that begin like 2026-10-05, which could be moved"
        raise UsageError(f"course.yml: {problem}; leave --first-due out")
    shift = first_due - min(days)
    return [_moved(text, value, shift) for _, value in dues]


def _moved(text: str, value: Any, shift: timedelta) -> tuple[int, int, str]:
    """The edit that moves a date; time of day and zone stay as they are written."""
    start, end = value.start_mark.index, value.end_mark.index
    return (
        start,
        end,
        DATE.sub(lambda found: str(date.fromisoformat(found[0]) + shift), text[start:end], count=1),
    )


def _cleared(text: str, key: Any, value: Any) -> tuple[int, int, str]:
    start, end = key.start_mark.index, value.end_mark.index
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[end:].partition("\n")[0].strip()
    if line.strip() or (rest and not rest.startswith("#")):
        raise UsageError(
            "course.yml: a due date stands among other things on its line; give --first-due"
        )
    return start, end, f"# {text[start:end]}  {UNSET}"
