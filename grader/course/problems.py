"""Tells what is wrong in a course.yml: in one plain line, with an example of what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["first_problem"]

# Our words for a problem, by the beginning of pydantic's name for it.
WORDS = {
    "extra_forbidden": "unknown key; remove it or correct its spelling",
    "missing": "missing; this key is required",
    "greater_than_equal": "must be at least {ge:g}",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a number",
    "float_": "must be a number",
    "int_": "must be a whole number",
    "bool_": "must be true or false",
    "literal_error": "must be {expected}",
    "timezone_aware": "must name its time zone",
    "datetime_": "must be a date and time that exist",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "string_type": "must be text (a number needs quotes)",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} lines",
    "dict_type": "must have keys with values",
    "model_": "must have keys with values",
}
FORMS = {
    "id": "must begin with a small letter; then come small letters, digits and _, 64 at most",
    "language": "must be the code of a language",
    "gradebook": "must be the URL of a database",
    "contact": "must be one line of text",
    "sender": "must be one line of text",
    "user": "must be one line of text",
    "server": "must be the name of a host",
    "address": "must be http or https and a host, without a slash or a path at the end",
    "database": "must be the URL of a database, of SQLite or PostgreSQL",
    "text": "must be one line of text",
    "issuer": "must be the address of a provider, such as https://login.example.edu",
    "client_id": "must be text without blanks",
    "claim": "must be the name of a claim, such as email or sub",
}
OWN = "Value error, "  # pydantic puts this before a message of ours


def first_problem(
    problems: Sequence[Mapping[str, Any]], data: Mapping[str, Any], examples: Mapping[str, str]
) -> str:
    """One problem as one line: the place, what is expected, an example, and what was found.

    Args:
        problems: the errors that pydantic lists. An unknown key is reported before a missing
            one, since it may be the missing one misspelt.
        data: the content of course.yml.
        examples: a right line of course.yml for each key.
    """
    problem = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    place = problem["loc"]
    key = str(place[-1]) if place else ""
    words = _words(problem, key)
    found = problem["input"]
    has_example = problem["type"] != "extra_forbidden" and "rubric" not in place
    if example := examples.get(key) if has_example else None:
        words += f", such as `{example}`"
    is_plain = problem["type"] != "missing" and isinstance(found, str | int | float)
    if is_plain and key != "gradebook" and "//" not in str(found):  # a URL may hold a password
        words += f" (got {found!r:.80})"
    return f"{_place(place, data)}: {words}"


def _words(problem: Mapping[str, Any], key: str) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return FORMS.get(key, FORMS["id"])  # the name of a question follows the rule for ids
    for begin, words in WORDS.items():
        if kind.startswith(begin):
            return words.format(**context)
    return str(problem["msg"]).removeprefix(OWN)


def _place(place: Sequence[str | int], data: Mapping[str, Any]) -> str:
    """The keys that lead to a problem; an assignment appears with its id, or else its number."""
    if len(place) < 2 or place[0] != "assignments" or not isinstance(place[1], int):
        return ".".join(map(str, place)) or "the file"
    entry = data["assignments"][place[1]]
    name = entry.get("id") if isinstance(entry, dict) else None
    called = name if isinstance(name, str) else f"number {place[1] + 1}"
    named = [key + 1 if isinstance(key, int) else key for key in place[2:]]  # people count from 1
    keys = [str(key) for key in named if key != "[key]"]
    return f"assignment {repr(called)[1:-1]:.80}" + (f": {'.'.join(keys)}" if keys else "")
