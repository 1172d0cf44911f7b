"""In a rush, scores come first; figures are drawn when nobody waits any more."""

from __future__ import annotations

import pytest

from grader.course.settings import Course
from grader.desk.bundles import Bundles
from grader.desk.crews import WarmWorkers
from grader.desk.figures_later import FiguresLater
from grader.desk.graders import Graders
from grader.desk.watch import Journal, Watch
from grader.gradebook.records import kept_figures, load_result
from grader.grading.batch import autograde
from tests.kit.course import RIGHT, hand_in, release_by_hand
from tests.kit.crew import CrewOfOne
from tests.kit.desk import Lines, TestDesk, set_course
from tests.kit.notebooks import answered


@pytest.fixture
def rushed(desk: TestDesk) -> Course:
    """The course of the desk; its figures wait as soon as two are in the queue."""
    desk.course.roster_path.write_text("id\nfarah\nmira\nolu\n", encoding="utf-8")
    set_course(desk.course, "seed: 7", "seed: 7\ndesk: {grades_first_above: 1}")
    return desk.files.now().course


def figures(course: Course) -> dict[str, str]:
    return {name: kept_figures(course, "tiny", name) for name in ("farah", "mira", "olu")}


@pytest.mark.slow
def test_scores_come_first_and_figures_follow_when_nobody_waits(
    desk: TestDesk, rushed: Course
) -> None:
    lines = Lines()
    desk.receipts.watch = Watch(Journal(lines))
    notebook = answered(release_by_hand(rushed), **RIGHT)
    for name in ("farah", "mira", "olu"):
        desk.browser(name).hand_in(notebook)
    with Graders(desk.files, desk.receipts, CrewOfOne(), desk.warnings.append):
        lines.await_told("drawn", 2)  # the last one had the queue for itself
    assert set(figures(rushed).values()) == {"keep"} and desk.warnings == []
    for name in ("farah", "mira", "olu"):
        result = load_result(rushed, "tiny", name)
        assert result is not None and result.score == 6 and result.notebook is not None
        code = [cell for cell in result.notebook["cells"] if cell["cell_type"] == "code"]
        assert all(cell["execution_count"] for cell in code)
    assert autograde(rushed, "tiny", crew=CrewOfOne()).unchanged == 3


@pytest.mark.slow
def test_figures_that_an_earlier_server_left_are_drawn_after_a_start(
    desk: TestDesk, rushed: Course
) -> None:
    lines = Lines()
    desk.receipts.watch = Watch(Journal(lines))
    hand_in(rushed, "mira", answered(release_by_hand(rushed), **RIGHT))
    later = rushed.model_copy(update={"figures": "later"})
    autograde(later, "tiny", crew=CrewOfOne())
    assert figures(rushed)["mira"] == "later"
    with Graders(desk.files, desk.receipts, CrewOfOne(), desk.warnings.append):
        lines.await_told("drawn", 1)
    assert figures(rushed)["mira"] == "keep"


def test_figures_of_work_that_has_changed_since_are_not_drawn(
    desk: TestDesk, rushed: Course
) -> None:
    release = release_by_hand(rushed)
    hand_in(rushed, "mira", answered(release, **RIGHT))
    autograde(rushed.model_copy(update={"figures": "later"}), "tiny", crew=CrewOfOne())
    left = FiguresLater(Bundles(), WarmWorkers(CrewOfOne()), 1)
    left.find(desk.files.now())
    hand_in(rushed, "mira", answered(release, double=RIGHT["double"]))
    assert left.draw_next(desk.files.now()) is None
    assert figures(rushed)["mira"] == "later"
