"""Pages of a small class in the pseudo-language; its submissions are really graded in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from grader.course.bundle import load_bundle
from grader.course.roster import Person, Roster
from grader.course.settings import Course
from grader.gradebook.autograded import write_graded
from grader.gradebook.grades import Grade
from grader.gradebook.late import Lateness
from grader.gradebook.parcel import Parcel
from grader.grading.submission import grade_submission
from grader.notebook import Notebook, is_check, loads
from grader.pages.feedback import feedback_page
from grader.pages.report import report_page
from grader.results import SubmissionResult
from tests.kit.course import (
    COURSE_YML,
    DUE,
    HIDDEN_TESTS,
    ID,
    RIGHT,
    hand_in,
    release_by_hand,
    write_course,
)
from tests.kit.notebooks import answered, make_cell
from tests.kit.pseudo import LANGUAGE

MORE_TESTS = '''

@pytest.mark.question("square", points=1)
def test_squares_of_a_table(student, reference, rng):
    """square works on tables."""
    X = rng.normal(size=(4, 3))
    assert_close(student.square(X), reference.square(X), "X²")


@pytest.mark.question("square", points=1)
def test_squares_of_a_row(student, reference, rng):
    """square works on rows."""
    X = rng.normal(size=(1, 3))
    assert_close(student.square(X), reference.square(X), "X²")
'''
MISTAKES = """
from grader.judge.catalogue import Mistake
MISTAKES = [
    Mistake("square.cubes", "square", "Count the factors.", "def square(x):\\n    return x**3"),
]
"""
SMALL_INPUTS = """
from grader.judge.small_inputs import SmallInputs
SMALL_INPUTS = [SmallInputs("square", "square", lambda reference: [(2.0,), (3.0,)], ("y",))]
"""
BROKEN_TEST = '''

@pytest.mark.question("double", points=1)
def test_that_breaks(student):
    """This one breaks."""
    student.double(1.0)
    1 / 0
'''
FAILING = {
    "double": "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()\n"
    "def double(x):\n    raise ValueError('mine')",
    "square": "def square(x):\n    return 2 * x * x",
    "why": "My reason.",
}
ENDS = "import os; os._exit(3)"
SLOW = "while True: pass"
TALKS = "print('spam' * 6000)"


def write_pages(root: Path) -> dict[str, str]:
    """The pages by what they show, and a `card`; grades a small class in real boxes."""
    course = write_course(root)
    text = COURSE_YML.replace("seed: 7", f"seed: 7\nlanguage: {LANGUAGE}")
    text = text.replace("square: 2", "square: 4").replace("cell_timeout_s: 10", "cell_timeout_s: 1")
    (root / "course.yml").write_text(text, encoding="utf-8")
    folder = course.solution_dir(ID)
    (folder / "hidden_tests.py").write_text(HIDDEN_TESTS + MORE_TESTS, encoding="utf-8")
    (folder / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    (folder / "small_inputs.py").write_text(SMALL_INPUTS, encoding="utf-8")
    course = Course.load(root)
    release = release_by_hand(course)
    handed_in = _handed_in(release)
    results = {name: _graded(course, name, content) for name, content in handed_in.items()}
    (folder / "hidden_tests.py").write_text(HIDDEN_TESTS + BROKEN_TEST, encoding="utf-8")
    results["ungraded"] = _graded(course, "ungraded", handed_in["perfect"])
    grades = {name: Grade(result) for name, result in results.items()}
    grades["perfect"] = Grade(results["perfect"].with_manual_score("why", 3.0))
    grades["late"] = replace(grades["late"], lateness=Lateness(190_000, 3, 1, 1.5))
    assignment = course.assignment(ID)
    pages = {name: feedback_page(course, assignment, grade) for name, grade in grades.items()}
    more = {"report": _report(course, grades, release), "card": _card(course, results["late"])}
    return {**pages, **more}


def _handed_in(release: Notebook) -> dict[str, Notebook | bytes]:
    failing = answered(release, **FAILING)
    failing["cells"][-1:-1] = [make_cell("own", code) for code in (ENDS, SLOW, TALKS)]
    del failing["cells"][0]
    cubes = answered(release, double=RIGHT["double"], square="def square(x):\n    return x**3")
    return {
        "failing": failing,
        "perfect": answered(release, **RIGHT, why="Because."),
        "late": cubes,
        "rejected": b"no notebook",
        "twin": answered(release, double="def double(a):\n    return sum([a, a, 0])"),
        "other": answered(release, double="def double(b):\n    return sum([b, b, 0])"),
        "untouched": release,
        "typing": answered(release, double="def double(x):\n    return [x, x]"),
        "stopped": answered(release, double="undefined_name", square=RIGHT["square"]),
    }


def _graded(course: Course, name: str, content: Notebook | bytes) -> SubmissionResult:
    return grade_submission(load_bundle(course, ID), hand_in(course, name, content))


def _card(course: Course, result: SubmissionResult) -> str:
    """What nbgrader shows of the last check cell."""
    bundle = load_bundle(course, ID)
    write_graded(course, bundle, Parcel.of(bundle, result), None)
    folder = course.autograded_dir / result.student / ID
    cells = loads((folder / f"{ID}.ipynb").read_bytes())["cells"]
    *_, outputs = (cell["outputs"] for cell in cells if is_check(cell))
    return "".join(outputs[-1]["data"]["text/html"])


def _report(course: Course, grades: dict[str, Grade], release: Notebook) -> str:
    submissions = [
        replace(hand_in(course, name, release), submitted_at=DUE + timedelta(hours=hours))
        for hours, name in enumerate([*grades, "waiting"], -5)
    ]
    roster = Roster({name: Person(name, "First", name) for name in ("perfect", "absent")})
    everyone = list(grades.values())
    return report_page(course, course.assignment(ID), everyone, submissions, roster, release)
