from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from grader.desk.links import invite, revoke, write_links
from grader.desk.tables import LINKS
from grader.errors import UsageError
from tests.kit.desk import TestDesk
from tests.kit.processes import grader_here

HOUR = timedelta(hours=1)


def test_everyone_without_a_link_gets_one_and_the_others_keep_theirs(desk: TestDesk) -> None:
    token = desk.token("mira")
    links = invite(desk.course, desk.state, [], None)
    assert [link.person.id for link in links] == ["farah"]
    assert desk.browser().get(f"/in/{token}").status_code == 303


def test_a_new_link_ends_the_old_one_and_its_sessions(desk: TestDesk) -> None:
    token = desk.token("mira")
    browser = desk.browser()
    browser.get(f"/in/{token}")
    desk.token("mira")
    assert browser.get("/").status_code == 401
    assert desk.browser().get(f"/in/{token}").status_code == 401


def test_a_revoked_link_signs_out(desk: TestDesk) -> None:
    browser, other = desk.browser("mira"), desk.browser("farah")
    assert revoke(desk.course, desk.state, ["mira"]) == ["mira"]
    assert browser.get("/").status_code == 401
    assert other.get("/").status_code == 200


def test_a_link_ends_at_its_end_date(desk: TestDesk) -> None:
    invite(desk.course, desk.state, ["mira"], datetime.now(UTC) + HOUR)
    with desk.state.writing() as connection:
        connection.execute(LINKS.update().values(until=datetime.now(UTC) - HOUR))
    assert [link.person.id for link in invite(desk.course, desk.state, [], None)] == [
        "farah",
        "mira",
    ]
    with pytest.raises(UsageError, match="that is over"):
        invite(desk.course, desk.state, ["mira"], datetime.now(UTC) - HOUR)


def test_no_token_is_in_the_database(desk: TestDesk) -> None:
    token = desk.token("mira")
    with desk.state.reading() as connection:
        assert token not in str(connection.execute(select(LINKS)).all())
    raw = b"".join(path.read_bytes() for path in desk.course.root.glob("desk.db*"))
    assert token.encode() not in raw


def test_only_who_is_in_the_roster_gets_a_link(desk: TestDesk) -> None:
    with pytest.raises(UsageError, match="'zoe' is not in the roster"):
        invite(desk.course, desk.state, ["zoe"], None)
    desk.course.roster_path.unlink()
    with pytest.raises(UsageError, match="only who is in the roster"):
        invite(desk.course, desk.state, [], None)


def test_the_list_keeps_the_rows_of_others_and_is_no_spreadsheet_trap(
    desk: TestDesk, tmp_path: Path
) -> None:
    text = "id,first_name\nfarah,=1+1\nmira,Mira\n"
    desk.course.roster_path.write_text(text, encoding="utf-8")
    path = tmp_path / "links.csv"
    write_links(path, invite(desk.course, desk.state, ["mira"], None))
    before = path.read_text(encoding="utf-8").splitlines()[1]
    write_links(path, invite(desk.course, desk.state, ["farah"], None))
    rows = path.read_text(encoding="utf-8").splitlines()
    assert rows[1].startswith("farah,'=1+1,,http://127.0.0.1:8000/in/")
    assert rows[2] == before
    assert path.stat().st_mode & 0o077 == 0
    write_links(path, [], ["mira"])
    assert "mira" not in path.read_text(encoding="utf-8")


def test_another_file_is_never_overwritten_by_links(desk: TestDesk) -> None:
    links = invite(desk.course, desk.state, ["mira"], None)
    before = desk.course.roster_path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="is no list of links"):
        write_links(desk.course.roster_path, links)
    assert desk.course.roster_path.read_text(encoding="utf-8") == before


def test_a_renamed_student_keeps_the_link_and_it_can_be_revoked(desk: TestDesk) -> None:
    browser = desk.browser("mira")
    desk.course.roster_path.write_text("id,first_name\nmlange,Mira\n", encoding="utf-8")
    text = "old,new\nmira,mlange\n"
    (desk.course.root / "renamed.csv").write_text(text, encoding="utf-8")
    assert "Mira" in browser.get("/").text
    assert invite(desk.course, desk.state, [], None) == []
    assert revoke(desk.course, desk.state, ["mlange"]) == ["mlange"]
    assert browser.get("/").status_code == 401


def test_the_list_keeps_no_dead_link_under_a_former_id(desk: TestDesk) -> None:
    """Else a mail merge would send it to the same student, beside the new one."""
    root = desk.course.root
    write_links(root / "links.csv", invite(desk.course, desk.state, ["mira", "farah"], None))
    (root / "roster.csv").write_text("id\nmlange\nfarah\n", encoding="utf-8")
    (root / "renamed.csv").write_text("old,new\nmira,mlange\n", encoding="utf-8")
    assert grader_here(root, "invite", "mlange").returncode == 0
    rows = (root / "links.csv").read_text(encoding="utf-8").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["id", "farah", "mlange"]


def test_the_command_writes_the_list_and_takes_links_back(desk: TestDesk) -> None:
    root = desk.course.root
    told = grader_here(root, "invite", "mira", "--until", "2099-01-01T12:00+00:00")
    assert told.returncode == 0 and "1 new links" in told.stdout
    link = (root / "links.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[3]
    assert desk.browser().get(f"/in/{link.rpartition('/')[2]}").status_code == 303
    assert grader_here(root, "invite", "--revoke", "mira").returncode == 0
    again = grader_here(root, "invite", "--revoke", "mira")
    assert again.returncode == 1 and "'mira' had no link" in again.stderr
    for words in (["--until", "tomorrow"], ["zoe"], ["--until", "2099-01-01", "--revoke"]):
        wrong = grader_here(root, "invite", *words)
        assert wrong.returncode == 2 and wrong.stderr.count("\n") == 1


def test_who_teaches_gets_a_link_too(desk: TestDesk) -> None:
    desk.course.roster_path.write_text("id,role\nmira,\npat,teacher\n", encoding="utf-8")
    assert [link.person.id for link in invite(desk.course, desk.state, [], None)] == ["mira", "pat"]
    pat = desk.browser("pat").get("/")
    assert (pat.status_code, pat.headers["location"]) == (303, "/class")
