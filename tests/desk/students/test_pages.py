from __future__ import annotations

import io
import zipfile

import pytest

from grader.course.settings import Course
from grader.notebook import Notebook
from tests.kit.attempts import graded_attempt
from tests.kit.course import hand_in, make_source
from tests.kit.desk import TestDesk, give_results, set_course

NOTEBOOK: Notebook = make_source()


PLACES = ("/", "/assignments/tiny", "/assignments/tiny/release.zip", "/assignments/tiny/attempts/1")


@pytest.mark.parametrize("path", [*PLACES, PLACES[-1] + "/feedback"])
def test_a_stranger_sees_nothing(desk: TestDesk, path: str) -> None:
    desk.browser("mira").hand_in(NOTEBOOK)
    answer = desk.browser().get(path)
    assert answer.status_code == 401
    assert "Mira" not in answer.text and "Tiny</h1>" not in answer.text


def test_what_is_not_ones_own_looks_like_what_is_not_there(desk: TestDesk) -> None:
    desk.browser("mira").hand_in(NOTEBOOK)
    farah = desk.browser("farah")
    for rest in ("", "/feedback", "/events"):
        theirs = farah.get(f"/assignments/tiny/attempts/1{rest}")
        nobodys = farah.get(f"/assignments/tiny/attempts/77{rest}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert theirs.text == nobodys.text


def test_the_release_comes_as_a_zip_without_what_is_hidden(desk: TestDesk) -> None:
    folder = desk.course.release_dir("tiny")
    (folder / "hidden_tests.py").write_text("secret", encoding="utf-8")
    (folder / "link").symlink_to("/etc/passwd")
    answer = desk.browser("mira").get("/assignments/tiny/release.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert names == ["tiny/helper.py", "tiny/tiny.ipynb"]


def test_a_name_in_the_roster_is_text_on_the_page(desk: TestDesk) -> None:
    text = "id,first_name\nmira,<script>alert(1)</script>\n"
    desk.course.roster_path.write_text(text, encoding="utf-8")
    page = desk.browser("mira").get("/").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_an_extension_is_told_as_one(desk: TestDesk, course: Course) -> None:
    path = course.root / "extensions.csv"
    path.write_text("student,assignment,days\nmira,tiny,2\n", encoding="utf-8")
    assert "with your extension" in desk.browser("mira").get("/assignments/tiny").text
    assert "with your extension" not in desk.browser("farah").get("/assignments/tiny").text


def test_the_feedback_of_an_attempt_that_does_not_count_tells_when_it_came(
    desk: TestDesk, course: Course
) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    feedback_before_due: full")
    graded_attempt(desk, "mira")
    graded_attempt(desk, "mira")
    (first, _) = desk.receipts.of("mira", "tiny")
    page = desk.browser("mira").get("/assignments/tiny/attempts/1/feedback").text
    assert f'<time datetime="{first.received_at.isoformat()}">' in page and "unknown" not in page


@pytest.mark.parametrize("held", [False, True])
def test_who_handed_in_no_notebook_reads_why_unless_it_is_held_back(
    desk: TestDesk, held: bool
) -> None:
    set_course(desk.course, "title: Tiny", "title: Tiny\n    feedback_before_due: none")
    mira = desk.browser("mira")
    mira.hand_in(b"no notebook")
    give_results(desk, "mira", rejected="It is cut off.")
    if held:
        path = desk.course.root / "held.csv"
        path.write_text("student,assignment\nmira,tiny\n", encoding="utf-8")
    page = mira.get("/assignments/tiny/attempts/1").text
    told = desk.browser().get(
        "/api/v1/assignments/tiny/attempts/1", Authorization=f"Bearer {desk.token('mira')}"
    )
    for text in (page, told.text):
        assert ("It is cut off." in text) is not held
    assert ("rejected</strong>" in page) is not held


def test_what_was_collected_and_not_graded_says_so(desk: TestDesk) -> None:
    hand_in(desk.course, "mira", NOTEBOOK)
    assert "has not graded it yet" in desk.browser("mira").get("/assignments/tiny/attempts/1").text
