from __future__ import annotations

import pytest

from grader.course.settings import Course
from grader.notebook import MAX_BYTES, Notebook
from tests.kit.course import make_source
from tests.kit.desk import TestDesk, set_course

NOTEBOOK: Notebook = make_source()


def test_handing_in_leads_to_the_page_of_the_attempt(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    answer = mira.hand_in(NOTEBOOK)
    assert answer.status_code == 303
    page = mira.get(answer.headers["location"]).text
    (receipt,) = desk.receipts.of("mira", "tiny")
    assert receipt.sha256 in page and "It is the next to be graded" in page
    assert '<meta http-equiv="refresh"' in page  # for browsers without scripts
    mira.hand_in(NOTEBOOK)
    assert "behind one other" in mira.get("/assignments/tiny/attempts/2").text


def test_the_name_of_the_file_decides_nothing(desk: TestDesk) -> None:
    desk.browser("mira").hand_in(NOTEBOOK)  # as ../../evil.ipynb
    names = [path.name for path in desk.course.attempts_dir.rglob("*.ipynb")]
    assert names == ["tiny.ipynb"]


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_form_of_another_site_hands_nothing_in(desk: TestDesk, csrf: str) -> None:
    mira = desk.browser("mira")
    assert mira.hand_in(NOTEBOOK, csrf=csrf).status_code == 403
    assert desk.receipts.length() == 0


def test_a_form_of_another_session_hands_nothing_in(desk: TestDesk) -> None:
    page = desk.browser("farah").get("/assignments/tiny").text
    stolen = page.partition('name="csrf" value="')[2][:64]
    assert desk.browser("mira").hand_in(NOTEBOOK, csrf=stolen).status_code == 403


def test_too_large_a_file_is_refused_in_words(desk: TestDesk) -> None:
    answer = desk.browser("mira").hand_in(b"x" * (MAX_BYTES + 1))
    assert answer.status_code == 413 and "at most 16 MiB" in answer.text
    assert desk.receipts.length() == 0


def test_an_empty_form_is_refused_in_words(desk: TestDesk) -> None:
    answer = desk.browser("mira").hand_in(b"")
    assert answer.status_code == 400 and "No notebook came" in answer.text


def test_a_full_day_says_when_the_next_attempt_opens(desk: TestDesk, course: Course) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    attempts_per_day: 1")
    mira = desk.browser("mira")
    form = mira.get("/assignments/tiny").text.partition('name="csrf" value="')[2][:64]
    mira.hand_in(NOTEBOOK)
    page = mira.get("/assignments/tiny").text
    assert "The next attempt opens at <time" in page and 'type="file"' not in page
    assert mira.hand_in(NOTEBOOK, csrf=form).status_code == 429
