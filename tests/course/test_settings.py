"""course.yml: what is right loads, what is wrong is one line with file, key and expectation."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.problems import EXAMPLES
from grader.course.settings import Course
from grader.errors import CourseError, UsageError
from tests.kit.fuzzing import FUZZ

GOOD = """\
name: C
seed: 1
assignments:
  - id: one
    title: One
    due: 2026-01-10T12:00:00+00:00
    questions: {a: 4, b: {points: 2.5, manual: true}}
"""


def load(folder: Path, text: str | bytes) -> Course:
    (folder / "course.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Course.load(folder)


def problem(folder: Path, text: str | bytes) -> str:
    with pytest.raises(CourseError) as caught:
        load(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    prefix = f"{folder.resolve() / 'course.yml'}: "
    assert message.startswith(prefix)
    return message.removeprefix(prefix)


def test_a_small_course_loads_with_defaults(tmp_path: Path) -> None:
    course = load(tmp_path, GOOD)
    (one,) = course.assignments
    assert (one.max_score, one.questions["b"].manual, one.questions["a"].points) == (6.5, True, 4.0)
    assert course.limits.call_timeout_s == 5
    assert course.gradebook_url == f"sqlite:///{tmp_path.resolve()}/gradebook.db"
    assert course.release_dir("one") == tmp_path.resolve() / "assignments" / "one"


def test_a_database_elsewhere_stays_as_it_is(tmp_path: Path) -> None:
    url = "postgresql+psycopg2://host/db"
    assert load(tmp_path, GOOD + f"gradebook: {url}\n").gradebook_url == url


def test_plain_postgresql_means_psycopg_3_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    course = load(tmp_path, GOOD + "gradebook: postgresql://host/db\n")
    assert course.gradebook_url == "postgresql+psycopg://host/db"


def test_an_unknown_assignment_is_told_with_the_known_ones(tmp_path: Path) -> None:
    course = load(tmp_path, GOOD)
    with pytest.raises(UsageError, match="'two' is not an assignment of this course; known: one"):
        list(course.chosen(("one", "two")))
    assert [a.id for a in course.chosen(())] == ["one"]


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
        ("figures: maybe", "figures: must be 'keep' or 'skip', such as `figures: keep` (got"),
        ("limits: {timeout: 5}", "limits.timeout: unknown key; remove it or correct its spelling"),
        ("late_policy: {max_penalty: 2}", "late_policy.max_penalty: "),
        ("gradebook: gradebook.db", "gradebook: must be the URL of a database, such as"),
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
def test_assignments_of_another_form_are_told_in_plain_words(
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


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    assignment = GOOD[GOOD.index("  - id") :]
    assert "'one' appears twice" in problem(tmp_path, GOOD + assignment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "[1, 2]",
        "a: [",
        "\tname: C",
        "name: C\nname",
        "name: &a [*a]",
        "name: !!python/object/apply:os.system ['true']",
        "name: *unknown",
        GOOD.replace("2026-01-10T12:00:00+00:00", "2026-13-45"),
        GOOD.replace("2026-01-10T12:00:00+00:00", "2026-02-30T12:00:00+00:00"),
        GOOD.replace("seed: 1", "seed: 1:99:99x"),
        GOOD.replace("seed: 1", "? [a]\n: 1"),
        GOOD.replace("seed: 1", "seed: !!int x"),
        GOOD.replace("seed: 1", "seed: !!float x"),
        b"name: \xff\xfe",
        b"\x00",
        "\x07",
    ],
    ids=repr,
)
def test_what_is_no_course_is_one_line(tmp_path: Path, text: str | bytes) -> None:
    problem(tmp_path, text)


def test_a_missing_file_and_a_folder_in_its_place_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="not found; name the course folder with --course"):
        Course.load(tmp_path)
    (tmp_path / "course.yml").mkdir()
    with pytest.raises(CourseError, match="cannot be read"):
        Course.load(tmp_path)


@given(st.text(alphabet="abns:- {}[]&*!|>'\"#%@\n\t,?0159.", max_size=40))
@settings(
    max_examples=150 * FUZZ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_gives_another_error(tmp_path: Path, text: str) -> None:
    problem(tmp_path, text)
