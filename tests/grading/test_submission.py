"""One submission → one result, end to end on a tiny course with real boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.course.bundle import Bundle
from grader.course.settings import Course
from grader.errors import BoxError
from grader.gradebook.records import fingerprint, load_result, save_result
from grader.gradebook.scorecard import graded_notebook
from grader.grading import submission as submission_module
from grader.grading import workshop
from grader.grading.submission import execute_and_judge, grade_submission
from grader.intake.submissions import Intake, Submission, read_submission
from grader.notebook import ADDED, Notebook, grade_id
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import ID, RIGHT, hand_in
from tests.kit.marks import first_is_fast
from tests.kit.notebooks import answered, make_cell
from tests.kit.results import scores

UNTESTED_SQUARE = """
import pytest
@pytest.mark.question('double', points=4)
def test_a(): pass
"""
Grade = Callable[..., SubmissionResult]


@pytest.fixture(scope="module")
def bundle(bundle: Bundle) -> Bundle:
    """Honest work here takes milliseconds, and what would never end is stopped soon."""
    limits = bundle.limits.model_copy(update={"cell_timeout_s": 0.4, "call_timeout_s": 0.4})
    return replace(bundle, limits=limits)


@pytest.fixture
def grade(bundle: Bundle) -> Grade:
    def grade(student: str = "amy", **answers: str) -> SubmissionResult:
        return execute_and_judge(bundle, student, Intake(answered(bundle.release, **answers)))

    return grade


def check_cell(bundle: Bundle, result: SubmissionResult, name: str) -> list[dict[str, object]]:
    cells = graded_notebook(result, bundle.release)["cells"]
    return next(c["outputs"] for c in cells if grade_id(c) == f"test_{name}")


def test_a_right_answer_gets_full_marks_and_written_work_waits(grade: Grade) -> None:
    result = grade(**RIGHT, why="Because.")
    assert (result.status, scores(result)) == (
        Status.GRADED,
        {"double": 4.0, "square": 2.0, "why": None},
    )
    assert (result.score, result.max_score, result.notes) == (6.0, 9.0, ())


def test_an_untouched_release_gets_nothing(grade: Grade) -> None:
    result = grade()
    assert scores(result) == {"double": 0.0, "square": 0.0, "why": 0.0}
    assert result.status is Status.GRADED
    assert {c.message for q in result.questions for c in q.checks} == {
        "double is not implemented yet",
        "square is not implemented yet",
    }


UNFINISHED = {
    "stub": ("def double(x):\n    raise NotImplementedError()", "double is not implemented yet"),
    "missing": ("import math", "double is not defined"),
    "nothing returned": ("def double(x): pass", "2x should be a single number, but it is None"),
    "syntax": ("def double(x)\n    return 2", "cell double stopped before it defined"),
    "error": ("y = q\ndef double(x): return y", "NameError: name 'q' is not defined"),
    "endless": ("def double(x):\n    while True: pass", "double did not finish within"),
    "exit": ("import os\ndef double(x): os._exit(0)", "double ended the Python process"),
    "raises": ("def double(x): return 2 * y", "double raised NameError: name 'y'"),
}


@pytest.mark.parametrize("answer,reason", first_is_fast(UNFINISHED.values()), ids=UNFINISHED)
def test_unfinished_work_has_one_reason_for_all_checks_of_its_question(
    grade: Grade, answer: str, reason: str
) -> None:
    result = grade(**{**RIGHT, "double": answer})
    (group,) = result.question("double").lost_by_reason
    assert len(group) == 2
    assert reason in group[0].message
    assert scores(result) == {"double": 0.0, "square": 2.0, "why": 0.0}


def test_a_question_loses_only_its_own_points(grade: Grade) -> None:
    wrong = grade(**{**RIGHT, "double": "def double(x): return 3 * x"})
    assert scores(wrong) == {"double": 1.0, "square": 2.0, "why": 0.0}


@pytest.mark.parametrize(
    "code",
    first_is_fast(
        [
            "def double(x: return",
            "import os; os._exit(0)",
            "while True: pass",
            "def double(x):\n    import os; os._exit(0)",
            "def double(x):\n    while True: pass",
            "raise SystemExit",
            "%no_such_magic",
            "",
            "double = 5",
            "del __builtins__",
            "import sys; sys.modules.clear()",
            "import numpy; numpy.testing = None; import builtins; builtins.AssertionError = 3",
        ]
    ),
)
def test_whatever_one_answer_does_the_other_question_is_graded(grade: Grade, code: str) -> None:
    result = grade(**{**RIGHT, "double": code})
    assert result.status is Status.GRADED
    assert result.question("double").score == 0.0
    if not code.startswith(("del __builtins__", "import sys")):
        assert result.question("square").score == 2.0


HELPED = {
    "double": "SCALE = [2]\ndef times(x):\n    return x * SCALE[0]\n"
    "def double(x):\n    return sum([times(x)])",
    "square": RIGHT["square"],
}
LATE = {
    "times = []": "gives times another meaning",
    "def times(x, y, z):\n    return x": "gives times another meaning",
    "del times": "gives times another meaning",
    "sum = 0; len = 5": "gives sum another meaning",
    "double = double(3)": "gives double another meaning",
    "SCALE = None": "gives SCALE another meaning",
    "SCALE[0] = 7": "changes something that other cells use",
    "SCALE.clear()": "changes something that other cells use",
    "%reset -f": "changes something that other cells use",
    "from numpy import *\nexec('sum = 0')": "changes something that other cells use",
}


def with_cell(notebook: Notebook, source: str, after: str) -> Notebook:
    """The notebook with a cell that a student added below another one."""
    cells = list(notebook["cells"])
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == after)
    added = {**make_cell("scratch", source), "metadata": dict(ADDED)}
    return {**notebook, "cells": [*cells[: place + 1], added, *cells[place + 1 :]]}


@pytest.mark.parametrize("after", ["double", "test_double", "why"])
@pytest.mark.parametrize("late,told", first_is_fast(LATE.items()))
def test_a_later_cell_does_not_undo_right_work(
    bundle: Bundle, late: str, told: str, after: str
) -> None:
    notebook = with_cell(answered(bundle.release, **HELPED), late, after)
    result = execute_and_judge(bundle, "amy", Intake(notebook))
    assert (result.question("double").score, result.question("square").score) == (4.0, 2.0)
    (note,) = result.notes
    assert note.kind is NoteKind.SET_ASIDE
    assert told in note.text
    assert "cell" in note.text.lower() and "number" in note.text


def test_work_that_is_wrong_by_itself_is_not_excused_by_a_later_cell(bundle: Bundle) -> None:
    wrong = {**HELPED, "double": "def double(x):\n    return 3 * len([x]) * x"}
    notebook = with_cell(answered(bundle.release, **wrong), "len = 5", "why")
    result = execute_and_judge(bundle, "amy", Intake(notebook))
    assert scores(result)["double"] == 1.0  # zero doubled is zero
    (note,) = result.notes
    assert "gives len another meaning" in note.text
    plain = execute_and_judge(bundle, "amy", Intake(answered(bundle.release, **wrong)))
    assert scores(plain) == scores(result)


def test_the_cell_that_shadows_a_builtin_above_is_named(bundle: Bundle) -> None:
    notebook = with_cell(answered(bundle.release, **HELPED), "sum = 0", "setup")
    result = execute_and_judge(bundle, "amy", Intake(notebook))
    assert (
        "(cell number 3 gives sum another meaning)" in result.question("double").checks[0].message
    )


SEARCH = "best = None\nwhile True:\n    best = 2"


@pytest.mark.parametrize(
    "search,told",
    [
        pytest.param(
            SEARCH,
            "cell number 3 stopped before it defined all that this check needs: this cell did",
            marks=pytest.mark.slow,
        ),
        ("best = 1 / 0", "this check needs: ZeroDivisionError: division by zero"),
        ("import time\nbest, rest = time.nowhere(), 1", "this check needs: AttributeError"),
    ],
)
def test_a_name_that_a_stopped_cell_lacks_is_told_as_that_cells_end(
    bundle: Bundle, search: str, told: str
) -> None:
    answers = {**RIGHT, "double": "def double(x):\n    return best * x"}
    notebook = with_cell(answered(bundle.release, **answers), search, "setup")
    result = execute_and_judge(bundle, "amy", Intake(notebook))
    assert told in result.question("double").checks[0].message
    assert result.question("square").score == 2.0


@pytest.mark.slow
def test_a_stopped_cell_costs_nothing_that_does_not_need_it(bundle: Bundle) -> None:
    notebook = with_cell(answered(bundle.release, **RIGHT), SEARCH, "setup")
    result = execute_and_judge(bundle, "amy", Intake(notebook))
    assert scores(result) == {"double": 4.0, "square": 2.0, "why": 0.0}
    assert [note.kind for note in result.notes] == [NoteKind.STOPPED]


RETURNS = [
    "None", "True", "'2.0'", "[]", "[1, [2, (3, {'a': 4})]]", "float('nan')", "10**400", "1 << 63",
    "(1).__class__", "object()", "lambda: 1", "{'a': 1}", "{1.5: 2}", "b'x'", "1j", "range(3)",
    "__import__('numpy').zeros((2, 0))", "__import__('numpy').array([object()])", "'\\ud800'",
    "__import__('numpy').float32(1)", "type('F', (float,), {'__eq__': lambda *_: True})(1)",
    "__import__('numpy').ma.masked_array([1.0], [True])", "1e308", "-float('inf')",
    "NotImplemented", "Ellipsis", "iter([])", "{'x' * 1000: 'y' * 100000}",
]  # fmt: skip


@pytest.mark.slow
def test_no_returned_value_is_worth_points_or_stops_the_grading(
    bundle: Bundle, grade: Grade
) -> None:
    for value in RETURNS:
        code = {name: f"def {name}(x):\n    return {value}" for name in ("double", "square")}
        result = grade(**code)
        assert (result.status, result.score) == (Status.GRADED, 0.0), (value, result.notes)
        SubmissionResult.from_json(result.to_json()).to_json().encode()


@pytest.mark.parametrize(
    "name,code",
    [
        (
            "a patched assert_allclose",
            "import numpy.testing as t\nt.assert_allclose = lambda *a, **k: 0",
        ),
        ("a display hook", "import sys\nsys.displayhook = lambda *_: print(4.0)"),
        ("a printed score", "4.0"),
        ("a helper of its own", "open('numpy.py', 'w').write('x = 1')"),
        (
            "a stolen channel",
            "import grader.box.inside.runner as r\n"
            "r.Runner._call = lambda self, frame: {'status': 'ok', 'values': [2.0] * 9, "
            "'arguments': [None] * 9}",
        ),
        (
            "a frame walk",
            "import sys\nf = sys._getframe()\n"
            "while f:\n    f.f_globals['assert_close'] = f.f_locals['score'] = 4.0\n"
            "    f = f.f_back",
        ),
    ],
)
def test_points_cannot_be_forged_from_inside(grade: Grade, name: str, code: str) -> None:
    assert grade(double=code).score == 0.0


def test_an_answer_that_is_no_value_stops_no_batch(grade: Grade) -> None:
    code = (
        "import grader.box.protocol as p\n"
        "def encode(self, value, depth=0):\n"
        "    return {'scalar': self._add({'dtype': '<f8', 'shape': [2]}, bytes(16))}\n"
        "p.Encoder.encode = encode"
    )
    assert grade(double=code).status is Status.GRADED


def test_the_score_of_a_check_cell_is_what_nbgrader_reads(bundle: Bundle, grade: Grade) -> None:
    result = grade(
        **{**RIGHT, "double": "import sys\nprint('w', file=sys.stderr)\n" + RIGHT["double"]}
    )
    outputs = check_cell(bundle, result, "double")
    assert [o["output_type"] for o in outputs] == ["execute_result"]
    assert outputs[0]["data"]["text/plain"] == "4.0"  # type: ignore[index]


def test_a_record_holds_what_cells_showed_and_no_score_card(grade: Grade) -> None:
    result = grade()
    assert result.notebook is not None
    cells = {grade_id(cell): cell for cell in result.notebook["cells"]}
    assert [o["output_type"] for o in cells["test_double"]["outputs"]] == ["error"]


def test_a_failed_visible_check_is_shown_as_text(bundle: Bundle, grade: Grade) -> None:
    outputs = check_cell(bundle, grade(), "double")
    assert [o["output_type"] for o in outputs] == ["stream", "execute_result"]
    assert outputs[0]["name"] == "stdout"
    assert "NotImplementedError" in str(outputs[0]["text"])


def test_grading_twice_gives_the_same_record(grade: Grade) -> None:
    assert grade(**RIGHT).to_json() == grade(**RIGHT).to_json()


def test_a_dead_cell_is_shown_in_notes_and_output(grade: Grade) -> None:
    result = grade(double="import os; os._exit(3)")
    assert any("double" in note and "exit status 3" in note for note in result.note_texts)
    assert result.stopped == result.notes
    assert result.notebook is not None
    shown = next(c["outputs"] for c in result.notebook["cells"] if grade_id(c) == "double")
    assert "exit status 3" in shown[0]["text"]


def test_a_rejected_intake_is_a_zero_with_its_reason(bundle: Bundle) -> None:
    result = execute_and_judge(bundle, "amy", Intake(None, (), "it is a picture"))
    assert (result.status, result.score) == (Status.REJECTED, 0.0)
    assert result.notes == (Note(NoteKind.REJECTED, "Rejected: it is a picture"),)
    assert scores(result) == {"double": 0.0, "square": 0.0, "why": 0.0}


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_tests": "import nothing_like_this"},
        {"hidden_tests": "x = 1"},
        {"reference": "import nothing_like_this"},
        {"mistakes": "1 / 0"},
        {"small_inputs": "1 / 0"},
        {"hidden_tests": UNTESTED_SQUARE},
    ],
    ids=["import", "no test", "reference", "mistakes", "small inputs", "one question untested"],
)
def test_what_is_broken_on_our_side_is_no_zero(bundle: Bundle, change: dict[str, str]) -> None:
    broken = replace(bundle, **change, digest=str(change))  # type: ignore[arg-type]
    # Without a wrong answer, nothing would read mistakes.py.
    wrong = {**RIGHT, "double": "def double(x):\n    return 3 * x"}
    result = execute_and_judge(broken, "amy", Intake(answered(bundle.release, **wrong)))
    assert (result.status, result.score) == (Status.NOT_GRADED, None)
    assert result.notes[-1].text.startswith("Not graded: ")


SMALL_INPUTS = """
from grader.judge.small_inputs import SmallInputs

def calls(reference):
    return [(3.0,), (1.0,), (-1.0,), (2.0,)]

SMALL_INPUTS = [SmallInputs(name, name, calls, ("result",)) for name in ("double", "square")]
"""


def with_small_inputs(bundle: Bundle, **answers: str) -> SubmissionResult:
    bundle = replace(bundle, small_inputs=SMALL_INPUTS, digest="small inputs")
    return execute_and_judge(bundle, "amy", Intake(answered(bundle.release, **answers)))


def test_a_wrong_answer_gets_a_small_example_and_a_right_one_none(bundle: Bundle) -> None:
    result = with_small_inputs(bundle, **{**RIGHT, "square": "def square(x):\n    return 2 * x"})
    assert result.question("double").examples == ()
    (example,) = result.question("square").examples
    assert example.code == "x = 1.0\nresult = square(x)"
    assert example.told == ("result should be 1, but it is 2",)


@pytest.mark.parametrize(
    "deed", first_is_fast(["import os\n        os._exit(1)", "while True: pass"])
)
def test_a_small_example_costs_nothing_whatever_the_function_does(
    bundle: Bundle, deed: str
) -> None:
    wrong = f"def square(x):\n    if x in (1, 2):\n        {deed}\n    return 2 * x"
    result = with_small_inputs(bundle, **{**RIGHT, "square": wrong})
    assert scores(result) == {"double": 4.0, "square": 0.0, "why": 0.0}
    assert (result.status, result.notes) == (Status.GRADED, ())
    assert result.question("square").examples == ()


def test_no_small_example_for_an_answer_that_is_missing(bundle: Bundle) -> None:
    result = with_small_inputs(bundle, double=RIGHT["double"])
    assert result.question("square").score == 0
    assert result.question("square").examples == ()


def test_a_check_that_breaks_leaves_the_submission_ungraded(bundle: Bundle) -> None:
    source = bundle.hidden_tests.replace('"""double(0) is 0."""', "1 / 0")
    broken = replace(bundle, hidden_tests=source, digest="broken")
    result = execute_and_judge(broken, "amy", Intake(answered(bundle.release, **RIGHT)))
    assert (result.status, result.score) == (Status.NOT_GRADED, None)
    assert "test_doubles_zero" in result.notes[0].text
    assert "ZeroDivisionError" in result.notes[0].text
    assert result.question("double").score is None


def test_a_box_that_cannot_be_opened_is_no_zero(
    course: Course, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(unsafe: bool) -> None:
        raise BoxError("no boxes here")

    monkeypatch.setattr(workshop, "launcher_of", refuse)
    result = execute_and_judge(bundle, "amy", Intake(answered(bundle.release, **RIGHT)))
    assert (result.status, result.note_texts) == (Status.NOT_GRADED, ("Not graded: no boxes here",))
    handed_in = hand_in(course, "cyd", answered(bundle.release, **RIGHT))
    again = grade_submission(bundle, handed_in)
    assert (again.status, again.fingerprint) == (
        Status.NOT_GRADED,
        "",
    )  # so it is tried again


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff", b"[]", b"{}", b"null", b'{"cells": 5}', b"[" * 100_000, b"\x89PNG\r\n"],
)
def test_whatever_is_handed_in_becomes_a_result(
    course: Course, bundle: Bundle, content: bytes
) -> None:
    result = grade_submission(bundle, hand_in(course, "amy", content))
    assert (result.status, result.score) == (Status.REJECTED, 0.0)


@pytest.mark.slow
def test_a_handed_in_notebook_is_graded_and_kept(course: Course, bundle: Bundle) -> None:
    submission = hand_in(course, "amy", answered(bundle.release, **RIGHT))
    result = grade_submission(bundle, submission)
    assert result.score == 6.0
    assert result.fingerprint == fingerprint(bundle, submission)
    save_result(course, result)
    assert load_result(course, ID, "amy") == result


def test_a_file_replaced_while_it_is_graded_counts_as_changed(
    course: Course, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = hand_in(course, "fay", b"not a notebook")

    def read_and_replace(given: Submission, release: Notebook) -> Intake:
        intake = read_submission(given, release)
        hand_in(course, "fay", answered(bundle.release, **RIGHT))
        return intake

    monkeypatch.setattr(submission_module, "read_submission", read_and_replace)
    result = grade_submission(bundle, submission)
    assert result.status is Status.REJECTED
    assert result.fingerprint != fingerprint(bundle, submission)


def test_an_error_of_ours_stops_no_batch_and_is_no_zero(
    course: Course, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> Intake:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(submission_module, "read_submission", break_down)
    result = grade_submission(bundle, hand_in(course, "gus", b"{}"))
    assert (result.status, result.score, result.fingerprint) == (Status.NOT_GRADED, None, "")
    assert "RuntimeError: a mistake of ours" in result.notes[0].text
