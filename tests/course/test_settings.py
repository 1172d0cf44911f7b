"""course.yml: what is right loads, what is wrong is one line with file, key and expectation."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.settings import Course
from grader.errors import CourseError, UsageError
from tests.kit.fuzzing import FUZZ
from tests.kit.settings import GOOD, load, problem


def test_a_small_course_loads_with_defaults(tmp_path: Path) -> None:
    course = load(tmp_path, GOOD)
    (one,) = course.assignments
    assert (one.max_score, one.questions["b"].manual, one.questions["a"].points) == (6.5, True, 4.0)
    assert course.limits.call_timeout_s == 5
    assert course.gradebook_url == f"sqlite:///{tmp_path.resolve()}/gradebook.db"
    assert course.release_dir("one") == tmp_path.resolve() / "assignments" / "one"


def test_nothing_that_checks_a_course_is_built_before_one_is_read() -> None:
    code = (
        "import grader.course.settings as s\n"
        "models = s.Course, s.Assignment, s.Question, s.Limits, s.LatePolicy, s.Mail, s.Desk\n"
        "print([model.__name__ for model in models if model.__pydantic_complete__])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_database_elsewhere_stays_as_it_is(tmp_path: Path) -> None:
    url = "postgresql+psycopg2://host/db"
    assert load(tmp_path, GOOD + f"gradebook: {url}\n").gradebook_url == url


def test_plain_postgresql_means_psycopg_3_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    course = load(tmp_path, GOOD + "gradebook: postgresql://host/db\n")
    assert course.gradebook_url == "postgresql+psycopg://host/db"


def test_an_unknown_assignment_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    course = load(tmp_path, GOOD)
    with pytest.raises(UsageError, match="'two' is not an assignment of this course; known: one"):
        list(course.chosen(("one", "two")))
    assert [a.id for a in course.chosen(())] == ["one"]


@pytest.mark.parametrize("due", ["2026-10-05T23:59:00", "2026-10-05 23:59:00", "2026-10-05T23:59"])
def test_a_date_without_a_time_zone_is_in_that_of_the_course(tmp_path: Path, due: str) -> None:
    text = GOOD.replace("2026-01-10T12:00:00+00:00", due) + "time_zone: Europe/Berlin\n"
    (one,) = load(tmp_path, text).assignments
    assert one.due == datetime(2026, 10, 5, 21, 59, tzinfo=UTC)


def test_a_date_may_name_its_time_zone(tmp_path: Path) -> None:
    text = GOOD.replace("2026-01-10T12:00:00+00:00", "2026-10-05 23:59 Europe/Berlin")
    (one,) = load(tmp_path, text).assignments
    assert one.due == datetime(2026, 10, 5, 21, 59, tzinfo=UTC)


def test_a_date_that_the_clocks_never_show_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("2026-01-10T12:00:00+00:00", "2026-03-29T02:30:00")
    said = problem(tmp_path, text + "time_zone: Europe/Berlin\n")
    assert said.startswith("assignment one: due: the clocks are put forward then")


def test_a_wrong_time_zone_is_told_before_a_date_that_would_need_it(tmp_path: Path) -> None:
    text = GOOD.replace("2026-01-10T12:00:00+00:00", "2026-10-05T23:59:00")
    assert problem(tmp_path, text + "time_zone: Europe/Berln\n").startswith("time_zone: must be")


@pytest.mark.parametrize(
    ("due", "zone", "name"),
    [
        ("2026-10-05T23:59:00+02:00", "", "UTC+02:00"),
        ("2026-10-05T23:59:00+00:00", "", "UTC"),
        ("2026-10-05T23:59:00+02:00", "time_zone: America/Lima\n", "America/Lima"),
        ("2026-10-05T23:59:00", "time_zone: Europe/Berlin\n", "Europe/Berlin"),
    ],
)
def test_times_are_shown_in_the_courses_zone_or_with_the_offset_of_the_due_date(
    tmp_path: Path, due: str, zone: str, name: str
) -> None:
    course = load(tmp_path, GOOD.replace("2026-01-10T12:00:00+00:00", due) + zone)
    (one,) = course.assignments
    shown = course.shown_zone(one)
    assert str(shown) == name
    assert one.due is not None
    assert one.due.astimezone(shown) == one.due


def test_without_a_due_date_times_are_shown_in_utc(tmp_path: Path) -> None:
    course = load(tmp_path, GOOD.replace("    due: 2026-01-10T12:00:00+00:00\n", ""))
    assert str(course.shown_zone(course.assignments[0])) == "UTC"


def test_whom_to_ask_is_one_line_of_text(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).contact is None
    assert load(tmp_path, GOOD + "contact: 李佳, a@b.edu\n").contact == "李佳, a@b.edu"
    for wrong in ("''", "' '", '"a\\nb"'):
        said = problem(tmp_path, GOOD + f"contact: {wrong}\n")
        assert said.startswith("contact: must be one line of text, such as `contact: Ada Abara")
    assert "at most 200 characters" in problem(tmp_path, GOOD + f"contact: {'x' * 201}\n")
    assert "must be text" in problem(tmp_path, GOOD + "contact: 5\n")


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
def test_a_wrong_course_file_is_an_error_of_one_line(tmp_path: Path, text: str | bytes) -> None:
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
