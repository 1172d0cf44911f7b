"""Written answers at the desk: without names, by rubric or number, and never overwritten."""

from __future__ import annotations

import re
import threading
from html import unescape
from urllib.parse import urljoin

import httpx
import pytest
from markupsafe import escape

from grader.desk.log import entries
from grader.desk.turns import Turns
from grader.errors import GradebookError
from grader.gradebook.book import CourseGradebook
from grader.gradebook.grades import grades
from grader.gradebook.mark import Mark, MarkedAnswer, Tick
from grader.gradebook.on_demand import GradebookOnDemand
from tests.desk.teachers.conftest import STUDENTS
from tests.kit.answers import answered
from tests.kit.course import ID
from tests.kit.desk import Browser, TestDesk, set_course
from tests.kit.gradebook import change
from tests.kit.marks import first_is_fast
from tests.kit.pages import EVIL, Page

PILE = "/answers/tiny/why"

NAMES = [*STUDENTS, "Farah", "Al-Sayed", "Goran", "Novak", "Mira", "Lange", "Nils", "Dahl", "Zoe"]
FIELD = re.compile(r'<input type="(?:hidden|checkbox)" name="([^"]+)"(?: value="([^"]*)")?([^>]*)>')


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form, and the lines of the rubric that are ticked."""
    form = page.partition('class="give"')[2]
    found = {name: (value, rest) for name, value, rest in FIELD.findall(form)}
    return {
        name: value or "on"
        for name, (value, rest) in found.items()
        if not name.startswith("tick-") or "checked" in rest
    }


def ticks(page: str) -> list[str]:
    return re.findall(r'name="(tick-[0-9a-f]{16})"', page)


def open_next(browser: Browser, after: str = "") -> tuple[str, str]:
    """Address and page of the next answer."""
    there = browser.get(f"{PILE}/next?after={after}").headers["location"]
    return there, browser.get(there).text


def save(browser: Browser, there: str, page: str, **given: str) -> httpx.Response:
    return browser.ask("POST", there.partition("?")[0], data={**fields(page), **given})


def answer(desk: TestDesk, student: str) -> MarkedAnswer:
    with CourseGradebook(desk.course) as book:
        found = book.written_answer(ID, "why", student)
    assert found is not None
    return found


def owner(page: str) -> str:
    """Whose answer a page shows."""
    found = re.search(r"ANSWER (\d)", page)
    assert found
    return STUDENTS[int(found[1])]


def test_an_answer_stands_alone_with_question_rubric_and_our_own_answer(
    marking: TestDesk,
) -> None:
    _, page = open_next(marking.browser("ada"))
    assert len(re.findall(r"ANSWER \d", page)) == 1
    assert "Because the answer is known." in page
    assert "names &lt;it&gt;" in page and "says why" in page
    assert "0 of 5 marked" in page


@pytest.mark.slow
@pytest.mark.parametrize("person", ["ada", "uma"])
def test_nothing_tells_whose_an_answer_is_until_all_are_marked(
    marking: TestDesk, person: str
) -> None:
    browser = marking.browser(person)
    there, page = open_next(browser)
    for _ in STUDENTS:
        pile = browser.get(PILE).text
        for seen in (page, pile, there):
            assert not [name for name in NAMES if re.search(rf"\b{name}\b", seen)]
        answer = save(browser, there, page, points="1")
        there = answer.headers["location"]
        page = browser.get(there).text
    assert there == PILE
    assert all(name in page for name in ("Farah Al-Sayed", "Zoe Baker"))
    assert "5 of 5 marked" in page


def test_addresses_and_order_do_not_follow_the_roster(desk: TestDesk) -> None:
    """Of nine questions, it would be a wonder if all had their answers in the same order."""
    orders = {tuple(Turns(desk.state, ID, f"q{n}").tokens(STUDENTS)) for n in range(9)}
    assert len(orders) > 1
    tokens = Turns(desk.state, ID, "why").tokens(STUDENTS)
    assert list(tokens.values()) == sorted(tokens.values())
    assert Turns(desk.state, ID, "why").tokens(STUDENTS) == tokens


def test_the_points_of_ticked_lines_and_the_comment_are_kept(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    first, second = ticks(page)
    saved = save(ada, there, page, **{second: "on", "comment": "Why, yes.\r\n\r\nBut what?"})
    assert saved.status_code == 303
    lines = (Tick(1, "names <it>", False), Tick(2, "says why", True))
    assert answer(marking, owner(page)).mark == Mark(2, "Why, yes.\n\nBut what?", lines)
    again = ada.get(there).text
    assert fields(again).keys() == {"csrf", "seen", second}
    assert first != second and 'value=""' in again.partition('id="points"')[2][:60]
    assert "1 of 5 marked" in again


@pytest.mark.parametrize(
    ("typed", "score"),
    first_is_fast(
        [
            ("2.5", 2.5),
            ("2,5", 2.5),
            (".5", 0.5),
            ("0", 0.0),
            ("3", 3.0),
            (" 1 ", 1.0),
            ("２．５", 2.5),
        ]
    ),
)
def test_a_number_counts_before_the_ticks(marking: TestDesk, typed: str, score: float) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    save(ada, there, page, points=typed, **{ticks(page)[0]: "on"})
    assert answer(marking, owner(page)).mark.score == score


@pytest.mark.parametrize(
    "typed", first_is_fast(["-1", "3.01", "nan", "inf", "1e1", "x", "1_0", "٣", "1.2345", ""])
)
def test_what_is_no_number_of_points_is_refused_and_stays_in_the_form(
    marking: TestDesk, typed: str
) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    refused = save(ada, there, page, points=typed, comment="Kept <b>words</b>.")
    assert refused.status_code == 400
    assert "Nothing was saved." in refused.text and "Kept &lt;b&gt;words&lt;/b&gt;." in refused.text
    assert answer(marking, owner(page)).mark == Mark(None)


@pytest.mark.slow
def test_a_comment_is_bounded_and_has_no_control_characters(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    long = save(ada, there, page, points="1", comment="x" * 4001)
    assert long.status_code == 400 and "at most 4000 characters" in long.text
    longer = save(ada, there, page, points="1", comment="x" * 100_000)
    assert longer.status_code == 413 and "The text is too long" in longer.text
    assert answer(marking, owner(page)).mark == Mark(None)
    save(ada, there, page, points="1", comment="a\x1b[31m\x00b\tc")
    assert answer(marking, owner(page)).mark.comment == "a[31mb\tc"


@pytest.mark.slow
def test_skipping_leads_through_all_answers_and_back_to_the_first(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    seen, after = [], ""
    for _ in range(6):
        there, page = open_next(ada, after)
        after = there.partition("?")[0].rpartition("/")[2]
        seen.append(owner(page))
    assert set(seen) == set(STUDENTS) and seen[5] == seen[0]


@pytest.mark.slow
def test_two_assistants_get_different_answers_as_long_as_there_are_any(
    marking: TestDesk,
) -> None:
    ada, uma = marking.browser("ada"), marking.browser("uma")
    first, second = open_next(ada)[0], open_next(uma)[0]
    assert first != second
    again = open_next(uma)[0]
    assert again == second  # a marker's own answer stays theirs
    for _ in range(3):  # until one is left, and both have it
        there, page = open_next(uma)
        save(uma, there, page, points="1")
    there, page = open_next(uma)
    save(uma, there, page, points="1")
    assert open_next(uma)[0].partition("?")[0] == first.partition("?")[0]


@pytest.mark.slow
def test_what_somebody_else_saved_meanwhile_is_shown_and_not_overwritten(
    marking: TestDesk,
) -> None:
    ada, uma = marking.browser("ada"), marking.browser("uma")
    there, page = open_next(ada)
    theirs = uma.get(there).text
    save(ada, there, page, points="3", comment="Ada's words.")
    refused = save(uma, there, theirs, points="1", comment="Uma's words.")
    assert refused.status_code == 409
    told = unescape(refused.text)
    assert "Nothing was saved" in told and "<strong>3 of 3</strong>" in told
    assert "Ada's words." in told and "Uma's words." in told and 'value="1"' in told
    assert answer(marking, owner(page)).mark.comment == "Ada's words."
    save(uma, there, refused.text, points="1", comment="Uma's words.")
    assert answer(marking, owner(page)).mark.comment == "Uma's words."


@pytest.mark.slow
def test_a_form_that_comes_twice_is_kept_once_and_nobody_is_alarmed(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    for _ in range(2):
        assert save(ada, there, page, points="2", comment="Twice.").status_code == 303
    assert len(entries(marking.state)) == 1


@pytest.mark.slow
def test_points_from_formgrader_are_seen_and_not_overwritten(
    marking: TestDesk,
) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    change(
        marking.course,
        "update grade set manual_score = 2.5, needs_manual_grade = 0 where auto_score is null",
    )
    assert save(ada, there, page, points="1").status_code == 409
    assert "5 of 5 marked" in ada.get(PILE).text
    assert 'value="2.5"' in ada.get(there).text


@pytest.mark.slow
def test_an_answer_that_the_student_replaced_meanwhile_is_shown_anew(
    marking: TestDesk,
) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    answered(marking.course, {owner(page): "A BETTER ONE"})
    refused = save(ada, there, page, points="1")
    assert refused.status_code == 409 and "A BETTER ONE" in refused.text
    assert save(ada, there, refused.text, points="1").status_code == 303


@pytest.mark.slow
def test_a_mark_for_an_answer_that_was_replaced_later_waits_again(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    save(ada, there, page, points="1", comment="Short.")
    answered(marking.course, {owner(page): "A BETTER ONE"})
    assert "another answer came since" in ada.get(PILE).text
    told = ada.get(there).text
    assert "They were given for another answer" in told and "Short." in told


def test_a_rubric_that_was_changed_meanwhile_is_looked_at_again(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    set_course(marking.course, "says why", "says why it is so")
    refused = save(ada, there, page, **{ticks(page)[1]: "on"})
    assert refused.status_code == 400 and "The rubric has changed." in refused.text
    assert answer(marking, owner(page)).mark == Mark(None)


@pytest.mark.slow
def test_of_three_who_save_at_once_two_are_told(marking: TestDesk) -> None:
    ada, uma, other = marking.browser("ada"), marking.browser("uma"), marking.browser()
    other.cookies.set("desk", uma.cookies["desk"])
    browsers = (ada, uma, other)
    there, page = open_next(ada)
    pages = [browser.get(there).text for browser in browsers]
    start, statuses = threading.Barrier(3), {}

    def give(n: int) -> None:
        start.wait()
        told = save(browsers[n], there, pages[n], points="1", comment=f"Number {n}.")
        statuses[n] = told.status_code

    threads = [threading.Thread(target=give, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses.values()) == [303, 409, 409]
    (kept,) = [n for n, status in statuses.items() if status == 303]
    assert answer(marking, owner(page)).mark.comment == f"Number {kept}."


@pytest.mark.slow
def test_assistants_see_and_mark_their_sections_only(marking: TestDesk) -> None:
    tom, ada = marking.browser("tom"), marking.browser("ada")
    assert "of 2 marked" in tom.get(PILE).text
    seen = set()
    after = ""
    for _ in range(3):
        there, page = open_next(tom, after)
        after = there.partition("?")[0].rpartition("/")[2]
        seen.add(owner(page))
    assert seen == {"farah", "goran"}
    for _ in STUDENTS:
        there, page = open_next(ada, after)
        after = there.partition("?")[0].rpartition("/")[2]
        if owner(page) == "mira":
            break
    nobodys = tom.get(f"{PILE}/{'A' * 22}")
    theirs = tom.get(there)
    assert (theirs.status_code, theirs.text) == (404, nobodys.text)
    mine = fields(open_next(tom)[1])
    refused = tom.ask("POST", there.partition("?")[0], data={**mine, "points": "0"})
    assert refused.status_code == 404 and answer(marking, "mira").mark == Mark(None)


@pytest.mark.parametrize("path", ["/answers", PILE, PILE + "/next", f"{PILE}/{'A' * 22}"])
def test_students_and_strangers_find_no_such_page(marking: TestDesk, path: str) -> None:
    mira = marking.browser("mira")
    assert (mira.get(path).status_code, mira.get(path).text) == (404, mira.get("/nowhere").text)
    assert marking.browser().get(path).status_code == 401


def test_a_student_cannot_mark(marking: TestDesk) -> None:
    there, page = open_next(marking.browser("ada"))
    mira = marking.browser("mira")
    csrf = mira.get("/").text.partition('name="csrf" value="')[2][:64]
    given = {**fields(page), "csrf": csrf, "points": "3"}
    assert mira.ask("POST", there.partition("?")[0], data=given).status_code == 404
    assert answer(marking, owner(page)).mark == Mark(None)


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_form_of_another_site_gives_no_points(marking: TestDesk, csrf: str) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    assert save(ada, there, page, points="3", csrf=csrf).status_code == 403
    assert answer(marking, owner(page)).mark == Mark(None)


@pytest.mark.parametrize(
    "path", ["/answers/tiny/double", "/answers/tiny/no", "/answers/no/why", "/answers/tiny/why/no"]
)
def test_what_is_no_written_question_is_not_there(marking: TestDesk, path: str) -> None:
    assert marking.browser("ada").get(path).status_code == 404


def test_before_anybody_hands_in_there_is_nothing_to_mark(desk: TestDesk) -> None:
    ada = desk.browser("ada")
    for path in (PILE, "/answers"):
        page = ada.get(path).text
        assert page.count("There is no answer to mark yet.") == 1 and "0 of 0" not in page
    assert ada.get(PILE + "/next").headers["location"] == PILE
    assert not (desk.course.root / "gradebook.db").exists()


@pytest.mark.slow
def test_an_answer_never_acts_on_the_page(desk: TestDesk) -> None:
    answered(desk.course, {"mira": f"before {EVIL} ![x](javascript:alert(1)) after"})
    ada = desk.browser("ada")
    there, page = open_next(ada)
    save(ada, there, page, points="1", comment=EVIL)
    again = ada.get(there).text
    text = again.partition('aria-labelledby="the-answer">')[2].partition("</section>")[0]
    assert "before" in text and "after" in text
    assert {tag for tag, _ in Page(text).tags} == {"h2", "p"}
    assert EVIL not in again and str(escape(EVIL)) in again


def test_no_mark_is_kept_before_the_log_has_it(
    marking: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever the server is killed; and what was not kept is told, too."""
    ada = marking.browser("ada")
    there, page = open_next(ada)
    told: list[list[str]] = []

    def gives_up(*_: object) -> bool:
        told.append([entry.what for entry in entries(marking.state)])
        raise GradebookError("sqlite:///gradebook.db: database is locked")

    monkeypatch.setattr(CourseGradebook, "give_mark", gives_up)
    assert save(ada, there, page, points="1").status_code == 503
    newer, older = entries(marking.state)
    assert told == [["mark"]]
    assert (newer.what, newer.after) == ("mark that was not kept", older.before)


@pytest.mark.slow
def test_a_page_that_is_too_old_leaves_no_entry(marking: TestDesk) -> None:
    ada, uma = marking.browser("ada"), marking.browser("uma")
    there, page = open_next(ada)
    save(uma, there, uma.get(there).text, points="2")
    assert save(ada, there, page, points="1").status_code == 409
    assert [entry.who for entry in entries(marking.state)] == ["uma"]


def test_what_was_given_is_in_the_log_with_what_was_there_before(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    save(ada, there, page, **{ticks(page)[0]: "on", "comment": "Short."})
    again = ada.get(there).text
    save(ada, there, again, points="3")
    newer, older = entries(marking.state)
    student = owner(page)
    assert (older.who, older.what, older.assignment, older.student) == ("ada", "mark", ID, student)
    assert older.before == "why: no points"
    assert older.after == "why: points 1, ticked names <it>, comment Short."
    assert newer.before == older.after and newer.after.startswith("why: points 3")


def test_what_the_desk_keeps_is_what_all_others_read(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    save(ada, there, page, points="2", comment="Read by all.")
    with GradebookOnDemand(marking.course) as gradebook:
        (theirs,) = [g for g in grades(gradebook, marking.course.assignment(ID)) if g.comments]
    assert theirs.result.student == owner(page)
    assert (theirs.result.score, theirs.comments) == (4.0, {"why": "Read by all."})


@pytest.mark.slow
def test_a_group_has_one_answer_and_one_mark(marking: TestDesk) -> None:
    text = "group,student\none,farah\none,goran\n"
    marking.course.groups_path.write_text(text, encoding="utf-8")
    answered(marking.course, {"farah": "ANSWER 0", "goran": "ANSWER 0"})
    ada = marking.browser("ada")
    assert "0 of 4 marked" in ada.get(PILE).text
    there, page = open_next(ada)
    while owner(page) != "farah":
        save(ada, there, page, points="1")
        there, page = open_next(ada)
    save(ada, there, page, points="3", comment="Both.")
    assert answer(marking, "farah").mark == answer(marking, "goran").mark == Mark(3, "Both.")


def test_the_way_back_leads_to_the_answer_before(marking: TestDesk) -> None:
    ada = marking.browser("ada")
    there, page = open_next(ada)
    onwards = save(ada, there, page, points="1").headers["location"]
    link = re.search(r'href="([^"]+)" accesskey="b"', ada.get(onwards).text)
    assert link and urljoin(onwards, link[1]) == there
    evil = ada.get(onwards.partition("?")[0] + "?from=//evil.example").text
    assert 'accesskey="b"' not in evil
