"""One student's work: who may see it, and what a teacher decides about it."""

from __future__ import annotations

import pytest

from grader.course.deadlines import load_deadlines
from grader.course.held import load_held
from grader.desk.log import entries
from grader.intake.attempts import StudentAttempts
from tests.kit.course import DUE, make_source
from tests.kit.desk import TestDesk, give_results
from tests.kit.notebooks import answered

FARAH, MIRA = (f"/class/tiny/students/{name}" for name in ("farah", "mira"))
PAGES = ("/class", "/class/tiny", "/changes", FARAH, f"{FARAH}/attempts/1")
FORMS = {
    f"{FARAH}/extension": {"until": "2099-01-01T12:00"},
    f"{FARAH}/held": {"reason": "looks odd"},
    f"{FARAH}/again": {"attempt": "1"},
    "/class/tiny/released": {"released": "yes"},
    "/class/tiny/report": {},
}
OF_TEACHERS = ("/class/tiny/released", "/class/tiny/report")


def test_a_student_finds_no_page_of_teachers(taught: TestDesk) -> None:
    mira, stranger = taught.browser("mira"), taught.browser()
    nothing = mira.get("/no/such/page").text
    for path in PAGES:
        answer = mira.get(path)
        assert (answer.status_code, answer.text) == (404, nothing)
        assert stranger.get(path).status_code == 401
    assert mira.get("/news").status_code == stranger.get("/news").status_code == 404


def test_a_student_changes_nothing(taught: TestDesk) -> None:
    mira, stranger = taught.browser("mira"), taught.browser()
    token = mira.form()
    for path, fields in FORMS.items():
        assert mira.ask("POST", path, data=fields | token).status_code == 404
        assert stranger.ask("POST", path, data=fields | token).status_code == 401
    assert entries(taught.state) == []


def test_a_form_from_elsewhere_changes_nothing(taught: TestDesk) -> None:
    ada, other = taught.browser("ada"), taught.browser("tom").form()
    for path, fields in FORMS.items():
        for csrf in ({}, {"csrf": "0" * 64}, other):
            assert ada.ask("POST", path, data=fields | csrf).status_code == 403
        assert ada.get(path).status_code in (404, 405)  # a link changes nothing either
    assert entries(taught.state) == []


def test_an_assistant_changes_only_what_is_of_their_section(taught: TestDesk) -> None:
    tom, eve = taught.browser("tom"), taught.browser("eve")
    for path, fields in FORMS.items():
        theirs = path if path in OF_TEACHERS else path.replace(FARAH, MIRA)
        assert tom.ask("POST", theirs, data=fields | tom.form()).status_code == 404
        assert eve.ask("POST", path, data=fields | eve.form()).status_code == 404
    assert entries(taught.state) == []


def test_an_assistant_sees_their_section_only(taught: TestDesk) -> None:
    give_results(taught, "farah", "mira")
    tom, eve = taught.browser("tom"), taught.browser("eve")
    assert tom.get(FARAH).status_code == tom.get(f"{FARAH}/attempts/1").status_code == 200
    for path in (MIRA, f"{MIRA}/attempts/1", "/class/tiny/report"):
        assert tom.get(path).status_code == 404
        assert tom.get(path).text == tom.get("/no/such/page").text
    for path in ("/class", "/class/tiny", "/class/tiny?section=tue", "/changes?student=mira"):
        page = tom.get(path).text
        assert "Mira" not in page and "mira" not in page.replace("student=mira", "").replace(
            'value="mira"', ""
        )
    assert "Farah" in tom.get("/class/tiny").text
    assert "Farah" not in eve.get("/class/tiny").text
    assert "in a section of yours" in eve.get("/class").text


def test_only_students_have_a_page(taught: TestDesk) -> None:
    ada = taught.browser("ada")
    for name in ("ada", "tom", "nobody", "%2e%2e", "a" * 300):
        assert ada.get(f"/class/tiny/students/{name}").status_code == 404
    assert ada.get("/class/other/students/farah").status_code == 404


def test_an_extension_is_given_and_taken_back(taught: TestDesk) -> None:
    path = taught.course.extensions_path
    path.write_text("student,assignment,days,why\nmira,tiny,2,ill\n", encoding="utf-8")
    tom = taught.browser("tom")
    answer = tom.ask("POST", f"{FARAH}/extension", data={"until": "2099-01-01T12:00"} | tom.form())
    assert (answer.status_code, answer.headers["location"]) == (303, FARAH)
    assert path.read_text(encoding="utf-8").startswith(
        "student,assignment,days,why,until\nmira,tiny,2,ill"
    )
    assert "with your extension" in taught.browser("farah").get("/assignments/tiny").text
    (entry,) = entries(taught.state)
    assert (entry.who, entry.what, entry.student) == ("tom", "extension", "farah")
    assert (entry.before, entry.after[:16]) == ("", "2099-01-01T12:00")
    tom.ask("POST", f"{FARAH}/extension", data={"back": "yes"} | tom.form())
    assert list(load_deadlines(taught.course).extended) == [("mira", "tiny")]
    assert entries(taught.state)[0].after == ""


def test_with_an_extension_another_attempt_may_count(taught: TestDesk) -> None:
    taught.browser("farah").hand_in(answered(make_source(), double="def double(x):\n    return 0"))
    give_results(taught, "farah", "mira")
    ada = taught.browser("ada")
    for path in (FARAH, MIRA):
        fields = {"until": "2099-01-01T12:00"} | ada.form()
        ada.ask("POST", f"{path}/extension", data=fields)
    waiting = taught.receipts.take()
    assert waiting and (waiting.student, waiting.number) == ("farah", 2)
    assert taught.receipts.take() is None


def test_a_deadline_that_is_none_changes_nothing(taught: TestDesk) -> None:
    ada = taught.browser("ada")
    for until in ("", "soon", "2020-01-01T12:00", "2099-13-01T12:00", "9" * 999):
        answer = ada.ask("POST", f"{FARAH}/extension", data={"until": until} | ada.form())
        assert answer.status_code == 400 and "Nothing was changed" in answer.text
    assert not taught.course.extensions_path.exists() and entries(taught.state) == []


def test_a_file_that_is_wrong_is_named_and_left_as_it_is(taught: TestDesk) -> None:
    path, ada = taught.course.extensions_path, taught.browser("ada")
    path.write_text("student,assignment,days\nmira,tiny,many\n", encoding="utf-8")
    answer = ada.ask("POST", f"{FARAH}/extension", data={"until": "2099-01-01T12:00"} | ada.form())
    assert answer.status_code == 400 and "extensions.csv: line 2" in answer.text
    assert str(taught.course.root) not in answer.text
    assert path.read_text(encoding="utf-8") == "student,assignment,days\nmira,tiny,many\n"
    assert entries(taught.state) == []


def test_what_is_held_back_is_shown_to_nobody_until_it_is_let_go(taught: TestDesk) -> None:
    give_results(taught, "farah", "mira")
    ada, farah = taught.browser("ada"), taught.browser("farah")
    assert "4 of" in farah.get("/assignments/tiny/attempts/1").text
    ada.ask("POST", f"{FARAH}/held", data={"reason": "=cmd(\x00\n\u202e secret"} | ada.form())
    assert load_held(taught.course) == {("farah", "tiny"): "'=cmd( secret"}
    page = farah.get("/assignments/tiny/attempts/1").text
    assert "Your teacher looks at it" in page and "4 of" not in page and "secret" not in page
    assert "4 of" not in farah.get("/assignments/tiny").text + farah.get("/").text
    assert farah.get("/assignments/tiny/attempts/1/feedback").status_code == 404
    assert "held back" in ada.get("/class/tiny").text
    ada.ask("POST", f"{FARAH}/held", data={"back": "yes"} | ada.form())
    assert "4 of" in farah.get("/assignments/tiny/attempts/1").text
    assert [e.after for e in entries(taught.state)] == ["free", "held back: =cmd( secret"]


@pytest.mark.slow
def test_feedback_of_all_is_released_before_the_deadline_and_taken_back(taught: TestDesk) -> None:
    give_results(taught, "mira")
    ada, mira = taught.browser("ada"), taught.browser("mira")
    feedback = "/assignments/tiny/attempts/1/feedback"
    assert mira.get(feedback).status_code == 404
    for _ in range(2):  # twice is once
        ada.ask("POST", "/class/tiny/released", data={"released": "yes"} | ada.form())
    assert mira.get(feedback).status_code == 200
    ada.ask("POST", "/class/tiny/released", data={"released": "no"} | ada.form())
    assert mira.get(feedback).status_code == 404
    told = [(entry.what, entry.before, entry.after) for entry in reversed(entries(taught.state))]
    usual, full = "hints before the deadline", "full for all"
    assert told == [("feedback", usual, full), ("feedback", full, usual)]


@pytest.mark.slow
def test_an_attempt_is_graded_again_once(taught: TestDesk) -> None:
    give_results(taught, "farah", "mira")
    ada = taught.browser("ada")
    for number in ("1", "1", "7", "x", ""):
        ada.ask("POST", f"{FARAH}/again", data={"attempt": number} | ada.form())
    assert taught.receipts.length() == 1
    receipt = taught.receipts.take()
    assert receipt and (receipt.student, receipt.number, receipt.is_again) == ("farah", 1, True)
    assert "being graded" in ada.get(FARAH).text
    assert [entry.what for entry in entries(taught.state)] == ["grade again"]


def test_what_was_collected_can_be_graded_again_too(taught: TestDesk) -> None:
    theirs = StudentAttempts(taught.course, "tiny", "farah")
    theirs.add(b"{}", "download.zip", DUE)
    ada = taught.browser("ada")
    ada.ask("POST", f"{FARAH}/again", data={"attempt": "2"} | ada.form())
    ada.ask("POST", f"{FARAH}/again", data={"attempt": "2"} | ada.form())
    assert [r.state for r in taught.receipts.of("farah", "tiny")] == ["waiting", "waiting"]


def test_the_page_shows_attempts_feedback_and_changes(taught: TestDesk) -> None:
    give_results(taught, "farah")
    ada = taught.browser("ada")
    ada.ask("POST", f"{FARAH}/held", data={"reason": "<b>x</b>"} | ada.form())
    page = ada.get(FARAH).text
    assert f'href="{FARAH}/attempts/1"' in page and "4 of 9" in page and "counts" in page
    assert "held back: &lt;b&gt;x&lt;/b&gt;" in page and "<b>x" not in page
    answer = ada.get(f"{FARAH}/attempts/1")
    assert "script" not in answer.headers["content-security-policy"]
    assert "Farah" in answer.text
