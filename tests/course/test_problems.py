"""What is wrong in a course.yml, in one plain line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from grader.course.settings import EXAMPLES, Course
from tests.kit.settings import GOOD, load, problem

WRONG = {
    "seed: 1": ("seed: -1", "seed: must be at least 0, such as `seed: 2026` (got -1)"),
    "name: C": ("", "name: missing; this key is required, such as `name: Neural networks`"),
    "a: 4": (
        "a: 0",
        "assignment one: questions.a.points: must be more than 0, such as `forward: 6` (got 0)",
    ),
    "id: one": ("id: One!", "assignment One!: id: must begin with a small letter; then come"),
    "title: One": ("titel: One", "assignment one: titel: unknown key; remove it or correct"),
    "manual: true": (
        "manual: perhaps",
        "assignment one: questions.b.manual: must be true or false (got 'perhaps')",
    ),
    "due: 2026-01-10T12:00:00+00:00": (
        "due: 2026-01-10T12:00:00",
        "assignment one: due: must name its time zone, such as `due: 2026-10-05T23:59:00+02:00`",
    ),
}


@pytest.mark.parametrize("right", WRONG)
def test_a_wrong_key_is_named_with_what_is_expected(tmp_path: Path, right: str) -> None:
    wrong, message = WRONG[right]
    assert problem(tmp_path, GOOD.replace(right, wrong)).startswith(message)


@pytest.mark.parametrize(
    "extra,message",
    [
        ("limits: {cell_timeout_s: 0}", "limits.cell_timeout_s: must be more than 0 (got 0)"),
        ("limits: {memory_mib: lots}", "limits.memory_mib: must be a whole number (got 'lots')"),
        ("limits: 5", "limits: must have keys with values, such as `limits: {cell_timeout_s"),
        (
            "figures: maybe",
            "figures: must be 'keep', 'later' or 'skip', such as `figures: later` (got",
        ),
        ("limits: {timeout: 5}", "limits.timeout: unknown key; remove it or correct its spelling"),
        ("late_policy: {max_penalty: 2}", "late_policy.max_penalty: "),
        ("gradebook: gradebook.db", "gradebook: must be the URL of a database, such as"),
        (
            "time_zone: Europe/Berln",
            "time_zone: must be the name of a time zone in the IANA database, such as "
            "`time_zone: Europe/Berlin` (got 'Europe/Berln')",
        ),
        ("time_zone: 2", "time_zone: must be text"),
        (
            "desk: {address: 'https://a.example/x'}",
            "desk.address: must be http or https and a host",
        ),
        (
            "desk: {database: 'mysql://a'}",
            "desk.database: must be the URL of a database, of SQLite",
        ),
        ("mail: {server: 'a b'}", "mail.server: must be the name of a host"),
        ("root: /", "root: unknown key"),
        ("colour: red", "colour: unknown key"),
        ("seed: 2", "line "),
        ("1: 2", ""),
    ],
)
def test_a_wrong_addition_is_named(tmp_path: Path, extra: str, message: str) -> None:
    assert problem(tmp_path, GOOD + extra + "\n").startswith(message)


@pytest.mark.parametrize(
    "assignments,message",
    [
        ("3", "assignments: must be a list, such as `assignments: [{id: backprop,"),
        ("[]", "assignments: must not be empty, such as"),
        ("[3]", "assignment number 1: must have keys with values (got 3)"),
        ("[{id: a, title: A, questions: 5}]", "assignment a: questions: must have keys with"),
        ("[{id: a, title: A, questions: {B: 1}}]", "assignment a: questions.B: must begin with a"),
    ],
)
def test_assignments_of_another_form_are_an_error_in_plain_words(
    tmp_path: Path, assignments: str, message: str
) -> None:
    text = f"name: C\nseed: 1\nassignments: {assignments}\n"
    assert problem(tmp_path, text).startswith(message)


def test_every_example_of_an_error_is_right(tmp_path: Path) -> None:
    for key, example in EXAMPLES.items():
        data = yaml.load(GOOD, yaml.BaseLoader)
        (assignment,) = data["assignments"]
        fields = assignment["questions"] if key == "points" else assignment
        (data if key in Course.model_fields else fields).update(yaml.safe_load(example))
        load(tmp_path, yaml.safe_dump(data))
