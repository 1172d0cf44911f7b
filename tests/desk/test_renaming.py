"""A student with another id keeps all that the desk has of them, and leaves nothing behind."""

from __future__ import annotations

from grader.desk.regrades import About, Regrades
from grader.desk.renaming import rename_at_desk
from grader.desk.turns import Turns
from grader.gradebook.rename import rename
from tests.kit.course import make_source
from tests.kit.desk import TestDesk, set_course

PLACE = "/api/v1/assignments/tiny/attempts/1"


def renamed(desk: TestDesk, old: str, new: str) -> None:
    rename(desk.course, old, new)
    assert rename_at_desk(desk.course, old, new)


def test_the_address_of_a_receipt_and_the_notebook_in_the_queue_are_found_again(
    desk: TestDesk,
) -> None:
    desk.browser("mira").hand_in(make_source())
    desk.browser("farah").hand_in(make_source())
    token = f"Bearer {desk.token('mira')}"
    renamed(desk, "mira", "mara")
    assert desk.browser().get(PLACE, Authorization=token).json()["state"] == "waiting"
    waiting = [desk.receipts.take(), desk.receipts.take()]
    assert [receipt.student for receipt in waiting if receipt] == ["mara", "farah"]
    assert all((desk.course.root / r.path).is_file() for r in waiting if r)


def test_who_gets_the_old_id_later_begins_anew(desk: TestDesk) -> None:
    desk.browser("mira").hand_in(make_source())
    link = desk.token("mira")
    renamed(desk, "mira", "mara")
    with desk.course.roster_path.open("a", encoding="utf-8") as roster:
        roster.write("mira,Another\n")
    person = desk.desk.by_link(link)
    assert person is not None and person.id == "mara"
    mira = desk.browser("mira")
    assert "You have handed in nothing yet." in mira.get("/assignments/tiny").text
    assert mira.hand_in(make_source()).headers["location"] == "/assignments/tiny/attempts/1"


def test_limits_requests_and_the_name_of_an_answer_go_on(desk: TestDesk) -> None:
    set_course(desk.course, "title: Tiny", "title: Tiny\n    attempts_per_day: 1")
    mira, turns = desk.browser("mira"), Turns(desk.state, "tiny", "why")
    mira.hand_in(make_source())
    names = turns.tokens(["mira"])
    Regrades(desk.state).ask("mira", About("tiny", 1, "double", "", ""), "Why?")
    renamed(desk, "mira", "mara")
    assert mira.hand_in(make_source()).status_code == 429
    (asked,) = Regrades(desk.state).of(["mara"], "tiny")
    assert (asked.student, asked.said[0].author) == ("mara", "mara")
    assert turns.tokens(["mara"]) == {"mara": names["mira"]}


def test_it_can_be_done_twice_and_there_and_back(desk: TestDesk) -> None:
    mira, turns = desk.browser("mira"), Turns(desk.state, "tiny", "why")
    mira.hand_in(make_source())
    turns.tokens(["mira", "mara"])  # one is left from a renaming before the desk knew of them
    renamed(desk, "mira", "mara")
    assert not rename_at_desk(desk.course, "mira", "mara")
    renamed(desk, "mara", "mira")
    assert mira.get("/assignments/tiny/attempts/1").status_code == 200


def test_a_course_without_a_desk_gets_none(desk: TestDesk) -> None:
    desk.close()
    path = desk.course.root / "desk.db"
    path.unlink()
    assert not rename_at_desk(desk.course, "mira", "mara")
    assert not path.exists()
