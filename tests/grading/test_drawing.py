"""Figures that are drawn after the scores, on the tiny course with real boxes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.records import kept_figures, load_result
from grader.grading.batch import autograde
from grader.grading.crew import LocalCrew
from grader.grading.drawing import draw_figures
from grader.notebook import Notebook, loads
from grader.pages.class_feedback import write_feedback
from grader.results import Note, NoteKind, Status, SubmissionResult
from grader.system.listener import Advance, Listener
from tests.kit.course import ID, RIGHT, hand_in, release_by_hand, write_course
from tests.kit.crew import CrewOfOne
from tests.kit.notebooks import answered

LINE = "Figures follow"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = write_course(tmp_path)
    release = release_by_hand(made)
    hand_in(made, "amy", answered(release, **RIGHT))
    return made.model_copy(update={"figures": "later"})


def record(course: Course) -> SubmissionResult:
    found = load_result(course, ID, "amy")
    assert found is not None
    return found


def counts(notebook: Notebook | None) -> Iterator[int | None]:
    assert notebook is not None
    return (c["execution_count"] for c in notebook["cells"] if c["cell_type"] == "code")


def graded_notebook(course: Course) -> Notebook:
    return loads((course.autograded_dir / "amy" / ID / f"{ID}.ipynb").read_bytes())


def page(course: Course) -> str:
    (made,) = write_feedback(course, course.assignment(ID)).pages
    return made.path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_scores_come_first_and_the_second_pass_changes_nothing_but_the_notebook(
    course: Course,
) -> None:
    autograde(course, ID, crew=LocalCrew(1))
    first = record(course)
    assert (first.figures, first.score, None in counts(first.notebook)) == ("later", 6.0, True)
    assert LINE in page(course)

    drawn = draw_figures(course, ID, crew=LocalCrew(1))
    assert (drawn.students, drawn.failed, drawn.exit_code) == (["amy"], {}, 0)
    second = record(course)
    assert None not in counts(second.notebook)
    before, after = vars(first), vars(second)
    assert {k for k in before if before[k] != after[k]} == {"notebook", "figures"}
    assert None not in counts(graded_notebook(course))
    assert "4.0" in str(graded_notebook(course))  # nbgrader's score of the first question
    assert LINE not in page(course)

    assert draw_figures(course, ID, crew=LocalCrew(1)).students == []
    assert autograde(course, ID, crew=LocalCrew(1)).unchanged == 1


def test_another_setting_of_figures_grades_nothing_again(course: Course) -> None:
    digests = {
        load_bundle(course.model_copy(update={"figures": figures}), ID).digest
        for figures in ("keep", "later", "skip")
    }
    assert len(digests) == 1


@pytest.mark.slow
def test_a_submission_that_changed_since_it_was_graded_is_not_drawn(course: Course) -> None:
    autograde(course, ID, crew=CrewOfOne())
    hand_in(course, "amy", answered(load_bundle(course, ID).release, double="def double(x): 1"))
    assert draw_figures(course, ID, crew=CrewOfOne()).students == []
    assert kept_figures(course, ID, "amy") == "later"


@pytest.mark.slow
def test_figures_that_cannot_be_drawn_leave_the_record_as_it_was(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    autograde(course, ID, crew=CrewOfOne())
    before = record(course)
    note = Note(NoteKind.NOT_GRADED, "no box opens")
    failed = SubmissionResult("amy", ID, Status.NOT_GRADED, 9.0, notes=(note,))
    monkeypatch.setattr("grader.grading.drawing.done_by", lambda *_: [failed])
    drawn = draw_figures(course, ID, crew=CrewOfOne())
    assert (drawn.failed, drawn.exit_code) == ({"amy": "no box opens"}, 1)
    assert record(course) == before


@pytest.mark.slow
def test_ctrl_c_while_figures_are_drawn_loses_no_grade_and_the_next_run_goes_on(
    course: Course,
) -> None:
    release = load_bundle(course, ID).release
    students = [f"amy{number}" for number in range(4)]
    for student in students:
        hand_in(course, student, answered(release, **RIGHT))
    autograde(course, ID, crew=CrewOfOne())

    @contextmanager
    def interrupting(total: int, what: str) -> Iterator[Advance]:
        yield lambda done: signal.raise_signal(signal.SIGINT) if not warned else None

    warned: list[str] = []
    drawn = draw_figures(
        course, ID, crew=LocalCrew(1), listener=Listener(warned.append, interrupting)
    )
    assert (len(warned), drawn.exit_code, drawn.left > 0) == (1, 130, True)
    assert len(drawn.students) + drawn.left == 5
    for student in students:
        kept = load_result(course, ID, student)
        assert kept is not None
        assert kept.score == 6.0
        assert (kept.figures == "keep") == (student in drawn.students)

    assert len(draw_figures(course, ID, crew=CrewOfOne()).students) == drawn.left


@pytest.mark.slow
def test_pages_do_not_promise_figures_that_a_course_skips(course: Course) -> None:
    autograde(course, ID, crew=CrewOfOne())
    assert LINE not in page(course.model_copy(update={"figures": "skip"}))
