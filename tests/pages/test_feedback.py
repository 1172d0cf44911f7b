"""The student's page shows everything that the student made, and none of it acts."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from grader.course.roster import Person
from grader.course.settings import Course
from grader.gradebook.grades import Grade
from grader.gradebook.late import Lateness
from grader.gradebook.mark import Tick
from grader.intake.pictures import IMAGE_TYPES
from grader.notebook import ADDED, Notebook, grade_id
from grader.pages.feedback import feedback_page
from grader.results import (
    CheckResult,
    Difference,
    Example,
    Note,
    NoteKind,
    QuestionResult,
    Status,
    SubmissionResult,
)
from grader.system.versions import versions_of, with_versions
from tests.kit.course import DUE, ID, make_result
from tests.kit.notebooks import make_cell
from tests.kit.pages import EVIL, Page, assert_inert

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()


def page_of(course: Course, result: SubmissionResult, late: float = 0.0) -> Page:
    return assert_inert(
        feedback_page(course, course.assignment(ID), Grade(result, Lateness(penalty=late)))
    )


def with_outputs(release: Notebook, *outputs: dict[str, Any], **changes: Any) -> SubmissionResult:
    result = make_result("amy", release, double=2.0, square=2.0)
    assert result.notebook is not None
    for cell in result.notebook["cells"]:
        if grade_id(cell) == "double":
            cell["outputs"] = list(outputs)
            cell["source"] = changes.get("source", cell["source"])
    result.notebook["cells"] += changes.get("added", [])
    return result


def data(**kinds: str) -> dict[str, Any]:
    bundle = {kind.replace("_", "/"): value for kind, value in kinds.items()}
    return {"output_type": "display_data", "data": bundle, "metadata": {}}


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": EVIL},
        {"output_type": "error", "ename": EVIL, "evalue": EVIL, "traceback": [EVIL]},
        data(text_plain=EVIL),
        data(text_html=EVIL),
        data(text_html="<svg onload=alert(1)><a href='javascript:alert(1)'>x</a></svg>"),
        data(text_html="<style>*{background:url(//evil)}</style><link rel=stylesheet href=//e>"),
        data(text_html="<math><mi//xlink:href='data:x,<script>alert(1)</script>'>"),
        data(text_html="<iframe srcdoc='<script>1</script>'></iframe><base href=//evil>"),
        data(text_html="<img src='http://evil/track.png'><form action=//evil><input></form>"),
        data(image_png=PNG + '"><script>alert(1)</script>'),
    ],
    ids=lambda output: str(output)[:40],
)
def test_hostile_outputs_are_shown_and_do_nothing(
    course: Course, release: Notebook, output: dict[str, Any]
) -> None:
    page_of(course, with_outputs(release, output))


def test_hostile_code_and_prose_are_shown_and_do_nothing(course: Course, release: Notebook) -> None:
    prose = make_cell("x", f"# T\n{EVIL}\n[x](javascript:alert(1)) ![y](http://evil)", "markdown")
    prose["metadata"]["grader"] = {"added": True}
    page = page_of(course, with_outputs(release, source=EVIL, added=[prose]))
    assert EVIL in page.text


def test_hostile_names_notes_and_messages_are_escaped(course: Course, release: Notebook) -> None:
    check = CheckResult("t", EVIL, False, 0.0, 4.0, EVIL)
    question = QuestionResult("double", 0.0, 4.0, (EVIL,), (check,), hints=(EVIL, EVIL))
    notes = (Note(NoteKind.REPAIRED, EVIL),)
    result = SubmissionResult(EVIL, ID, Status.GRADED, 9.0, (question,), notes)
    page = page_of(course, result)
    assert page.text.count("{{ 7*7 }}") >= 5
    assert "49" not in page.text


def facts(course: Course, late: Lateness, **changes: Any) -> str:
    """What the top of the page tells about times and people, without the blanks between."""
    changed = course.model_copy(update=changes)
    result = SubmissionResult("amy", ID, Status.GRADED, 9.0)
    page = assert_inert(feedback_page(changed, course.assignment(ID), Grade(result, late)))
    return " ".join(page.text.partition("Due")[2].partition("What a notebook")[0].split())


def test_the_student_is_called_by_name_and_by_id(course: Course) -> None:
    grade = Grade(SubmissionResult("amy", ID, Status.GRADED, 9.0))
    person = Person("amy", f"Amy {EVIL}", "Lee")
    page = assert_inert(feedback_page(course, course.assignment(ID), grade, person))
    assert f"Tiny: Amy {EVIL} Lee\n" in page.text
    assert f"Amy {EVIL} Lee (amy)" in page.text
    nameless = assert_inert(feedback_page(course, course.assignment(ID), grade, Person("amy")))
    assert "Tiny: amy\n" in nameless.text
    assert "(amy)" not in nameless.text


def test_due_and_hand_in_time_are_told_in_the_time_zone_of_the_course(course: Course) -> None:
    late = Lateness(deadline=DUE, submitted_at=DUE - timedelta(hours=1, seconds=53))
    told = "2026-01-10 12:00 Handed in2026-01-10 10:59:07 Time zoneUTC"
    assert facts(course, late) == told
    told = "2026-01-10 13:00 Handed in2026-01-10 11:59:07 Time zoneEurope/Berlin"
    assert facts(course, late, time_zone="Europe/Berlin") == told


def test_a_later_deadline_of_ones_own_is_told(course: Course) -> None:
    late = Lateness(deadline=DUE + timedelta(days=2), submitted_at=DUE)
    told = "2026-01-12 12:00, with your extension Handed in2026-01-10 12:00 Time zoneUTC"
    assert facts(course, late) == told


def test_an_unknown_time_is_called_unknown(course: Course) -> None:
    assert facts(course, Lateness()) == "2026-01-10 12:00 Handed inunknown Time zoneUTC"


def test_whom_to_ask_is_told_if_the_course_says_so(course: Course) -> None:
    assert facts(course, Lateness(), contact=EVIL).endswith(f"Time zoneUTC Questions to{EVIL}")
    assert "Questions to" not in facts(course, Lateness())


def test_code_is_in_colours_and_its_text_is_whole(course: Course, release: Notebook) -> None:
    source = "def double(x):\n    return 2 * x  # <b>"
    page = page_of(course, with_outputs(release, source=source))
    assert source in page.text
    assert ("span", {"class": "k"}) in page.tags
    assert ("span", {"class": "c"}) in page.tags


@pytest.mark.slow
def test_a_page_spends_so_many_colours_and_no_more(course: Course, release: Notebook) -> None:
    cells = [make_cell("", "1 " * 30_000) | {"metadata": ADDED} for _ in range(20)]
    page = page_of(course, with_outputs(release, added=cells))
    assert 49_000 < page.tags.count(("span", {"class": "n"})) <= 50_000
    assert page.text.count("1 " * 30_000) == 20


def test_headings_of_a_student_stay_below_those_of_the_page(
    course: Course, release: Notebook
) -> None:
    own = make_cell("x", "# Mine\n\n### Deeper", "markdown") | {"metadata": ADDED}
    html = data(text_html="<h1 class='full-credit' id='double'>Loud</h1><h6>Small</h6>")
    page = page_of(course, with_outputs(release, html, added=[own]))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels.count(4) == 4
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "full-credit" not in str(page.tags)


def test_a_small_example_is_code_to_copy_and_sentences(course: Course) -> None:
    examples = (Example("x = 1.0\ny = f(x)", ("y should be 2, but it is 3",)),)
    question = QuestionResult("double", 0.0, 4.0, examples=examples)
    page = page_of(course, SubmissionResult("amy", ID, Status.GRADED, 9.0, (question,)))
    assert "x = 1.0\ny = f(x)" in page.text
    assert "y should be 2, but it is 3" in page.text
    assert "Another example" not in page.text


def test_further_small_examples_are_folded(course: Course) -> None:
    examples = tuple(Example(f"f({n})", (f"{n} is wrong",)) for n in range(3))
    question = QuestionResult("double", 0.0, 4.0, examples=examples)
    page = page_of(course, SubmissionResult("amy", ID, Status.GRADED, 9.0, (question,)))
    assert page.text.index("f(0)") < page.text.index("More examples") < page.text.index("f(1)")
    assert "2 is wrong" in page.text


def test_a_hostile_small_example_is_escaped(course: Course) -> None:
    examples = (Example(EVIL, (EVIL,)), Example(EVIL, (EVIL,)))
    question = QuestionResult("double", 0.0, 4.0, examples=examples)
    page = page_of(course, SubmissionResult("amy", ID, Status.GRADED, 9.0, (question,)))
    assert page.text.count("{{ 7*7 }}") == 4


def test_a_figure_is_shown_with_a_text_alternative(course: Course, release: Notebook) -> None:
    page = page_of(course, with_outputs(release, data(image_png=PNG, text_plain="<Figure>")))
    (image,) = [attributes for tag, attributes in page.tags if tag == "img"]
    assert image["src"] == f"data:image/png;base64,{PNG}"
    assert image["alt"]


@pytest.mark.parametrize("kind", IMAGE_TYPES)
def test_pictures_in_text_are_shown_from_inside_the_notebook_only(
    course: Course, release: Notebook, kind: str
) -> None:
    text = (
        f"![attached](attachment:a.png) ![written](data:{kind};base64,BBBB)\n\n"
        "![gone](attachment:b.png) ![web](http://evil/a.png) ![page](data:text/html;base64,AAAA)"
    )
    cell = make_cell("x", text, "markdown") | {"metadata": ADDED}
    cell["attachments"] = {"a.png": {kind: "AAAA"}}
    page = page_of(course, with_outputs(release, added=[cell]))
    assert [attributes for tag, attributes in page.tags if tag == "img"] == [
        {"src": f"data:{kind};base64,AAAA", "alt": "attached"},
        {"src": f"data:{kind};base64,BBBB", "alt": "written"},
    ]
    assert "gone web page" in page.text


def test_a_table_of_a_student_stays_a_table(course: Course, release: Notebook) -> None:
    html = "<table><tr><td>1</td></tr></table>"
    page = page_of(course, with_outputs(release, data(text_html=html)))
    assert [tag for tag, _ in page.tags].count("table") == 2


def test_colours_of_a_traceback_are_dropped_and_floods_are_cut(
    course: Course, release: Notebook
) -> None:
    flood = "\x1b[31mred\x1b[0m " + "x" * 100_000
    page = page_of(
        course, with_outputs(release, {"output_type": "stream", "name": "stdout", "text": flood})
    )
    assert "\x1b" not in page.text
    assert "[cut off here]" in page.text
    assert len(page.text) < 40_000


def test_points_lost_for_lateness_are_told_and_never_go_below_zero(
    course: Course, release: Notebook
) -> None:
    result = make_result("amy", release, double=2.0, square=2.0, why=3.0)
    assert "1 taken off for lateness" in " ".join(page_of(course, result, 1.0).text.split())
    text = " ".join(page_of(course, result, 99.0).text.split())
    assert " 0 of 9 points" in text


@pytest.mark.parametrize("status", [Status.REJECTED, Status.NOT_GRADED])
def test_a_page_without_a_notebook_says_why(
    course: Course, release: Notebook, status: Status
) -> None:
    result = SubmissionResult(
        "amy", ID, status, 9.0, notes=(Note(NoteKind.REJECTED, "Rejected: not a notebook"),)
    )
    page = page_of(course, result)
    assert "Rejected: not a notebook" in page.text
    assert ("– of 9" in " ".join(page.text.split())) is (status is Status.NOT_GRADED)


def test_written_work_that_waits_is_told(course: Course, release: Notebook) -> None:
    result = make_result("amy", release, double=4.0).with_manual_score("why", None)
    assert "Your teacher still has to grade: why" in " ".join(page_of(course, result).text.split())


def test_what_a_teacher_wrote_stands_with_its_question(course: Course, release: Notebook) -> None:
    result = make_result("amy", release, double=4.0).with_manual_score("why", 2.0)
    grade = Grade(result, comments={"why": "Well put.\nBut <why>?"})
    page = feedback_page(course, course.assignment(ID), grade)
    assert "Your teacher says:</strong> Well put.\nBut &lt;why&gt;?</p>" in page


def test_the_rubric_says_what_was_given_and_what_was_not(course: Course, release: Notebook) -> None:
    lines = (Tick(1, "names <it>", True), Tick(2, "says why", False), Tick(-0.5, "guesses", True))
    grade = Grade(make_result("ada", release, why=0.5), rubrics={"why": lines})
    told = " ".join(feedback_page(course, course.assignment(ID), grade).split())
    assert "Given:</span> names &lt;it&gt; <span" in told and "(+1)" in told
    assert "Not given:</span> says why" in told and "(-0.5)" in told


def test_a_check_that_broke_is_neither_won_nor_lost(course: Course, release: Notebook) -> None:
    question = QuestionResult("double", None, 4.0, checks=(CheckResult("t", "C.", None, 0, 4),))
    result = replace(make_result("amy", release), questions=(question,))
    classes = [str(a.get("class")) for _, a in page_of(course, result).tags]
    assert "check open" in classes


def lost(*differences: Difference, passed: int = 0) -> SubmissionResult:
    checks = [
        CheckResult(f"t{i}", "A claim.", False, 0.0, 1.0, "should be 1, but it is 2", difference)
        for i, difference in enumerate(differences)
    ]
    checks += [CheckResult(f"p{i}", "Passed one.", True, 1.0, 1.0) for i in range(passed)]
    question = QuestionResult(
        "double", 0.0, 4.0, checks=tuple(checks), hints=("One.", "Two.", "One.", "")
    )
    return SubmissionResult("amy", ID, Status.GRADED, 9.0, (question,))


def test_where_an_array_is_wrong_is_drawn_and_told_in_words(course: Course) -> None:
    one = Difference("grads['W1']", ((0.0, 1.0), (0.0, -0.3)))
    two = Difference("grads['b1']", ((0.5, 0.1, 0.2),))
    page = page_of(course, lost(one, two))
    drawings = [a for tag, a in page.tags if tag == "svg"]
    assert [drawing["role"] for drawing in drawings] == ["img", "img"]
    assert "Where grads['W1'] differs" in page.text
    assert page.text.count("Only column 1 is wrong. Too large: 1; too small: 1.") == 2
    assert page.text.count("All 3 entries are wrong. Every wrong entry is too large.") == 2
    assert page.text.count("+") >= 4  # one sign in each square: no colour is needed


def test_the_first_hint_is_open_the_others_and_what_passed_are_folded(course: Course) -> None:
    html = feedback_page(
        course, course.assignment(ID), Grade(lost(Difference("x", ((1.0, 0.0),)), passed=2))
    )
    folded = "".join(re.findall(r"<details>.*?</details>", html, re.DOTALL))
    assert "Two." in folded
    assert folded.count("Passed one.") == 2
    assert "One." not in folded
    assert "A claim." not in folded


def test_how_a_question_went_is_told_by_signs_and_words(course: Course, release: Notebook) -> None:
    result = make_result("amy", release, double=4.0, square=1.0).with_manual_score("why", None)
    text = " ".join(page_of(course, result).text.split())
    assert "✓ all points double" in text
    assert "◐ some of the points square" in text
    assert "? not graded yet why" in text
    assert "Most to gain: square (1)." in text


def test_a_perfect_student_is_told_so(course: Course, release: Notebook) -> None:
    page = page_of(course, make_result("amy", release, double=4.0, square=2.0, why=3.0))
    assert "You have all points." in page.text


def test_points_kept_in_spite_of_an_earlier_mistake_are_explained(course: Course) -> None:
    remark = "It is the gradient of your own loss."
    check = CheckResult("t", "A claim.", True, 4.0, 4.0, remark)
    question = QuestionResult("double", 4.0, 4.0, checks=(check,), follow_through=(remark,))
    page = page_of(course, SubmissionResult("amy", ID, Status.GRADED, 9.0, (question,)))
    assert f"Points kept in spite of an earlier mistake. {remark}" in " ".join(page.text.split())
    assert "message" not in [a.get("class") for _, a in page.tags]  # nothing was lost


def test_lateness_is_explained(course: Course, release: Notebook) -> None:
    late = Lateness(seconds=90_000.0, days=2, free_days=1, penalty=0.9)
    grade = Grade(make_result("amy", release, double=4.0), late)
    page = assert_inert(feedback_page(course, course.assignment(ID), grade))
    assert str(late) in page.text


def test_hidden_tests_are_not_on_the_page(
    course: Course, release: Notebook, tmp_path: Path
) -> None:
    page = page_of(course, make_result("amy", release, double=4.0))
    assert "def test_doubles" not in page.text


def test_an_answer_cell_that_stopped_is_named_where_its_points_are_lost(
    course: Course, release: Notebook
) -> None:
    error = {"output_type": "error", "ename": "SyntaxError", "evalue": "expected ':'"}
    result = with_outputs(release, {**error, "traceback": ["SyntaxError"]})
    check = CheckResult("test_double", "doubles", False, 0.0, 2.0, "double is not defined")
    question = QuestionResult("double", 0.0, 2.0, checks=(check, replace(check, claim="again")))
    page = page_of(course, replace(result, questions=(question,)))
    assert "Your cell stopped with an error. SyntaxError: expected ':'." in " ".join(
        page.text.split()
    )


def test_an_error_that_a_check_tells_is_not_told_again(course: Course, release: Notebook) -> None:
    error = {"output_type": "error", "ename": "NameError", "evalue": "name 'q'\nis unknown"}
    result = with_outputs(release, {**error, "traceback": []})
    told = "cell double stopped: NameError: name 'q' is unknown"
    question = QuestionResult(
        "double", 0.0, 2.0, checks=(CheckResult("test_double", "doubles", False, 0.0, 2.0, told),)
    )
    text = page_of(course, replace(result, questions=(question,))).text
    assert text.count("NameError") == 1
    assert "Your cell stopped with an error." not in text


def test_a_reason_that_checks_share_is_said_once_above_them(course: Course) -> None:
    missing = "double is not implemented yet"
    lost = [CheckResult(f"t{n}", f"Claim {n}.", False, 0.0, 1.0, missing) for n in range(3)]
    other = CheckResult("t3", "Claim 3.", False, 0.0, 1.0, "2x should be 4, but it is 6")
    checks = (lost[0], other, *lost[1:])
    question = QuestionResult("double", 0.0, 4.0, checks=checks)
    text = page_of(course, SubmissionResult("amy", ID, Status.GRADED, 9.0, (question,))).text
    assert text.count(f"3 checks were lost for one reason: {missing}") == 1
    assert text.count(missing) == 1
    assert text.count("2x should be 4, but it is 6") == 1
    assert [text.count(check.claim) for check in checks] == [1, 1, 1, 1]
    assert text.count("Lost:") == 4


def test_the_page_tells_the_limits_of_the_course_and_the_versions(
    course: Course, release: Notebook
) -> None:
    limits = course.limits.model_copy(update={"memory_mib": 777})
    result = make_result("amy", release, double=4.0)
    graded = replace(result, notebook=with_versions(result.notebook or {}))
    page = page_of(course.model_copy(update={"limits": limits}), graded)
    assert "Memory: 777 MiB." in page.text
    assert f"Graded with {versions_of(graded.notebook)}." in page.text
    assert "Graded with" not in page_of(course, replace(result, notebook=None)).text
