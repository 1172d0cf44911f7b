"""Roles at the desk: to the wrong one, a page is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from grader.desk.access import (
    Scope,
    for_staff,
    for_students,
    for_teachers,
    staff_form,
    teacher_form,
)
from grader.desk.desk import Desk
from tests.kit.course import make_source
from tests.kit.desk import TestDesk

STAFF = (
    "id,first_name,section,role\nfarah,Farah,A,\nmira,Mira,B,student\n"
    "ada,Ada,,Teacher\ntom,Tom,A,assistant\neve,Eve,,assistant\n"
)
STUDENT_PAGES = ("/assignments/tiny", "/assignments/tiny/release.zip")


@pytest.fixture
def staffed(desk: TestDesk) -> TestDesk:
    """The desk, with pages for each kind of role."""
    desk.course.roster_path.write_text(STAFF, encoding="utf-8")

    def seen(request: Request, desk: Desk, scope: Scope) -> Response:
        asked = request.query_params.get("student", "")
        return PlainTextResponse(f"{[s.id for s in scope.students]} {scope.student(asked)}")

    def changed(request: Request, desk: Desk, scope: Scope, fields: Mapping[str, str]) -> Response:
        return PlainTextResponse(f"changed {fields.get('value')}")

    def own(request: Request, desk: Desk, person: Any) -> Response:
        return PlainTextResponse(person.id)

    desk.add_routes(
        Route("/staff", for_staff(seen)),
        Route("/teachers", for_teachers(seen)),
        Route("/own", for_students(own)),
        Route("/change", staff_form(changed), methods=["POST"]),
        Route("/change-all", teacher_form(changed), methods=["POST"]),
    )
    return desk


def test_a_teacher_sees_all_and_an_assistant_their_sections(staffed: TestDesk) -> None:
    assert staffed.browser("ada").get("/staff").text.startswith("['farah', 'mira']")
    assert staffed.browser("tom").get("/staff").text.startswith("['farah']")
    assert staffed.browser("eve").get("/staff").text == "[] None"
    assert staffed.browser("tom").get("/staff?student=mira").text.endswith(" None")
    assert "id='farah'" in staffed.browser("tom").get("/staff?student=farah").text


@pytest.mark.parametrize(
    ("who", "path"),
    [("mira", "/staff"), ("mira", "/teachers"), ("tom", "/teachers"), ("ada", "/own")],
)
def test_to_the_wrong_role_a_page_is_not_there(staffed: TestDesk, who: str, path: str) -> None:
    browser = staffed.browser(who)
    theirs, nobodys = browser.get(path), browser.get("/there/is/no/such/page")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.text == nobodys.text


@pytest.mark.parametrize("path", STUDENT_PAGES)
def test_who_teaches_hands_nothing_in(staffed: TestDesk, path: str) -> None:
    ada = staffed.browser("ada")
    assert ada.get(path).status_code == 404
    assert ada.hand_in(make_source()).status_code == 404
    assert staffed.receipts.length() == 0


def test_a_form_of_staff_must_come_from_a_page_of_the_session(staffed: TestDesk) -> None:
    ada, tom, mira = (staffed.browser(who) for who in ("ada", "tom", "mira"))
    forms = {browser: browser.form() | {"value": "7"} for browser in (ada, tom, mira)}
    assert ada.ask("POST", "/change", data=forms[ada]).text == "changed 7"
    assert ada.ask("POST", "/change-all", data=forms[ada]).text == "changed 7"
    assert tom.ask("POST", "/change", data=forms[tom]).text == "changed 7"
    assert tom.ask("POST", "/change-all", data=forms[tom]).status_code == 404
    assert mira.ask("POST", "/change", data=forms[mira]).status_code == 404
    assert ada.ask("POST", "/change", data=forms[tom]).status_code == 403
    assert ada.ask("POST", "/change", data={"value": "7"}).status_code == 403
    assert ada.ask("POST", "/change", data=forms[ada] | {"x": "y" * 99_999}).status_code == 413


def test_a_change_of_role_or_section_counts_at_once(staffed: TestDesk) -> None:
    tom = staffed.browser("tom")
    path = staffed.course.roster_path
    path.write_text(STAFF.replace("Tom,A", "Tom,B"), encoding="utf-8")
    assert tom.get("/staff").text.startswith("['mira']")
    path.write_text(STAFF.replace("Tom,A,assistant", "Tom,A,"), encoding="utf-8")
    assert tom.get("/staff").status_code == 404
