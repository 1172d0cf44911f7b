"""The demo's exit code is that of its steps; the steps have tests of their own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from grader.cli import demo
from grader.cli.demo import run_demo
from grader.cli.demo_desk import add_roster, show_desk
from grader.course.roster import load_people
from grader.course.sample import sample_course
from grader.course.settings import Assignment, Course
from grader.desk.signing_in import who_has_link
from grader.desk.state import open_state
from grader.grading.batch import Summary
from grader.pages.class_feedback import ClassFeedback, Page
from grader.results import Status, SubmissionResult
from tests.kit.course import ID, make_result, write_course

TINY = Assignment.model_validate(
    {"id": ID, "title": "Tiny", "questions": {"double": 4, "why": {"points": 5, "manual": True}}}
)
GRADED = Summary(TINY, results=[make_result("ada", {"cells": []}, double=4.0)])
FAILED = Summary(TINY, results=[SubmissionResult("ada", ID, Status.NOT_GRADED, 9.0)])
STOPPED = Summary(TINY, stopped="stopped")
WRITTEN = ClassFeedback(ID, Path("feedback"), (Page("ada", Path("ada.html"), is_new=True),))
BROKEN = ClassFeedback(ID, Path("feedback"), (Page("ada", Path("ada.html"), problem="damaged"),))
CUT_SHORT = ClassFeedback(ID, Path("feedback"), (), left=1)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    course = write_course(tmp_path / "course")
    (course.root / "nbgrader_config.py").touch()
    (course.root / "examples" / "submitted").mkdir(parents=True)
    return course.root


@pytest.mark.parametrize(
    ("summary", "feedback", "exit_code", "steps"),
    [
        (GRADED, WRITTEN, 0, "build autograde feedback report export"),
        (FAILED, WRITTEN, 1, "build autograde feedback report export"),
        (GRADED, BROKEN, 1, "build autograde feedback report export"),
        (STOPPED, WRITTEN, 130, "build autograde"),
        (GRADED, CUT_SHORT, 130, "build autograde feedback"),
    ],
)
def test_the_demo_ends_as_its_steps_do(
    sample: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    summary: Summary,
    feedback: ClassFeedback,
    exit_code: int,
    steps: str,
) -> None:
    taken: list[str] = []

    def standing_in(name: str, result: object) -> None:
        def step(*_: object, **__: object) -> object:
            taken.append(name.removeprefix("write_"))
            return result

        monkeypatch.setattr(demo, name, step)

    standing_in("build", None)
    standing_in("autograde", summary)
    standing_in("write_feedback", feedback)
    standing_in("write_report", Path("report.html"))
    standing_in("export", type("Exported", (), {"files": {"": ""}}))
    monkeypatch.setattr(demo, "show_build", lambda report: None)
    assert run_demo(sample, tmp_path / "demo") == exit_code
    assert " ".join(dict.fromkeys(taken)) == steps


def test_the_demo_stops_endless_loops_sooner_and_keeps_all_else_of_the_course(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (sample / "course.yml").read_text()
    (sample / "course.yml").write_text(text.replace("limits: ", "limits:\n  # for work\n  "))
    monkeypatch.setattr(demo, "build", lambda *_, **__: None)
    monkeypatch.setattr(demo, "show_build", lambda report: None)
    monkeypatch.setattr(demo, "autograde", lambda *_, **__: STOPPED)
    run_demo(sample, tmp_path / "demo")
    real, shown = Course.load(sample), Course.load(tmp_path / "demo")
    assert shown.limits.cell_timeout_s < real.limits.cell_timeout_s
    assert shown.limits.memory_mib == real.limits.memory_mib
    assert shown.late_policy == real.late_policy
    assert shown.assignments == real.assignments


def test_the_demo_begins_with_the_students_of_its_class_whose_loops_never_end() -> None:
    sample = sample_course() / "examples" / "submitted"
    assert all((sample / student).is_dir() for student in demo.LOOPS)


@pytest.fixture
def finished(tmp_path: Path) -> Course:
    """The demo's folder when all is graded."""
    course = write_course(tmp_path / "demo")
    for student in ("mira", "farah"):
        (course.submitted_dir / student).mkdir(parents=True)
    add_roster(course)
    return course


def test_the_demo_ends_with_the_line_that_opens_the_desk_and_two_links_that_work(
    finished: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished.root.parent)
    told = show_desk(finished)
    *_, teacher, student, last = capsys.readouterr().out.splitlines()
    assert last == f"  {told['command']}" and last.endswith("grader serve --course demo")
    assert list(told["links"]) == ["teacher", "farah"]
    assert (teacher, student) == tuple(f"  {who}: {link}" for who, link in told["links"].items())
    with closing(open_state(finished)) as state:
        owners = [who_has_link(state, a.rpartition("/")[2]) for a in told["links"].values()]
    assert [owner.value for owner in owners if owner] == ["teacher", "farah"]


def test_in_the_demo_the_class_are_students_and_one_teaches(finished: Course) -> None:
    roster = load_people(finished)
    assert [person.first_name for person in roster.people.values()] == ["Farah", "Mira"]
    assert [person.is_teacher for person in roster.staff.values()] == [True]


def test_without_the_desk_the_demo_says_how_to_get_it(
    finished: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.cli.options.find_spec", lambda name: None)
    assert show_desk(finished)["links"] == {}
    assert "pip install 'chainrule[desk]'" in capsys.readouterr().out
    assert not (finished.root / "desk.db").exists()
