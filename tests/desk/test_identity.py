from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.roster import Person, Roster
from grader.desk.identity import LINK, Identity, known_as, person_of
from tests.kit.desk import TestDesk, set_course
from tests.kit.openid import Told, come_back, with_provider

ISSUER = "https://login.example.edu"
MIRA = Identity(ISSUER, "email", "MIRA@example.edu")


def test_an_identity_is_read_by_the_settings_of_now(desk: TestDesk) -> None:
    roster = "id,email\nmira,mira@example.edu\n"
    desk.course.roster_path.write_text(roster, encoding="utf-8")
    link = Identity("", LINK, "mira")
    assert person_of(desk.files.now(), None) is None
    assert person_of(desk.files.now(), MIRA) is None
    assert person_of(desk.files.now(), link) == Person("mira", email="mira@example.edu")
    with_provider(desk.course, ISSUER)
    assert person_of(desk.files.now(), MIRA) == person_of(desk.files.now(), link)
    for other in (replace(MIRA, issuer=f"{ISSUER}/"), replace(MIRA, claim="sub")):
        assert person_of(desk.files.now(), other) is None
    set_course(desk.course, "desk: {", "desk: {personal_links: false, ")
    assert person_of(desk.files.now(), link) is None
    assert person_of(desk.files.now(), MIRA) is not None


def test_two_people_of_one_name_are_nobody_and_the_terminal_says_so(
    provider: Told, desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {name: Person(name, email="mira@example.edu") for name in ("mira", "farah")}
    now = replace(desk.files.now(), roster=Roster(people))
    openid = now.course.desk.openid
    assert openid is not None
    assert len(known_as(now.roster, openid, "Mira@example.edu")) == 2
    monkeypatch.setattr(desk.files, "now", lambda: now)
    browser = desk.browser()
    assert come_back(browser, provider).status_code == 403
    assert browser.get("/").status_code == 401
    assert desk.warnings == ["2 people of the roster have one email; none gets in by it"]
