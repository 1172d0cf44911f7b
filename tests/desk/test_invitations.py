from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.desk.invitations import check_folder, write_invitations
from grader.desk.links import invite
from grader.errors import UsageError
from tests.kit.desk import TestDesk, set_course
from tests.kit.processes import grader_here

ROSTER = (
    "id,first_name,last_name,email,role\n"
    "mira,Mira,Lange,mira@example.edu,\n"
    "farah,Farah,Al-Sayed,,\n"
    "bo,Bo,Low,bo@example.edu\u00a0,\n"
    "ada,Ada,Abara,ada@example.edu,teacher\n"
)


def letters_in(folder: Path) -> dict[str, EmailMessage]:
    found = {}
    for path in folder.iterdir():
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found[path.name] = message
    return found


def link_in(message: EmailMessage) -> str:
    lines = str(message.get_content()).splitlines()
    return next(line for line in lines if "/in/" in line).removeprefix("http://127.0.0.1:8000")


def with_sender(desk: TestDesk, roster: str = ROSTER) -> Course:
    desk.course.roster_path.write_text(roster, encoding="utf-8")
    set_course(desk.course, "seed: 7", "seed: 7\ncontact: Ada, ada@example.edu")
    return Course.load(desk.course.root)


def test_the_command_writes_a_letter_for_each_who_has_an_address(desk: TestDesk) -> None:
    root = with_sender(desk, ROSTER.replace("\u00a0", "@")).root
    told = grader_here(root, "invite", "--format", "eml", "--until", "2099-01-01T12:00Z", "--json")
    assert told.returncode == 1
    data = json.loads(told.stdout)
    assert data["invited"] == ["mira", "ada"] and list(data["problems"]) == ["farah", "bo"]
    letters = letters_in(root / "invitations")
    assert sorted(letters) == ["ada-Ada Abara.eml", "mira-Mira Lange.eml"]
    mira = letters["mira-Mira Lange.eml"]
    assert mira["To"] == "Mira Lange <mira@example.edu>"
    assert mira["From"] == "Ada <ada@example.edu>"
    assert "2099-01-01 12:00 UTC" in mira.get_content()
    browser = desk.browser()
    assert browser.get(link_in(mira)).status_code == 303
    assert "Mira Lange" in browser.get("/").text
    assert not (root / "links.csv").exists()
    again = grader_here(root, "invite", "--format", "eml")
    assert again.returncode == 2 and "there already" in again.stderr
    more = grader_here(root, "invite", "--format", "eml", "--output", "more")
    assert more.returncode == 1 and "0 letters" in more.stdout and not (root / "more").exists()
    for wrong in (["--revoke"], ["--output", "no/such/place"]):
        refused = grader_here(root, "invite", "--format", "eml", *wrong)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1


def test_without_a_sender_no_link_is_made(desk: TestDesk) -> None:
    with pytest.raises(UsageError, match="no address of the sender"):
        check_folder(desk.course, desk.course.root / "letters")


def test_a_link_is_made_only_if_its_letter_is_there(desk: TestDesk, tmp_path: Path) -> None:
    course, token = with_sender(desk), desk.token("mira")

    def fails(links: object) -> None:
        write_invitations(course, tmp_path / "no" / "place", links)  # type: ignore[arg-type]

    with pytest.raises(UsageError, match="cannot be written"):
        invite(course, desk.state, ["mira"], None, deliver=fails)
    assert desk.browser().get(f"/in/{token}").status_code == 303


def test_no_name_makes_a_header_or_a_path(desk: TestDesk, tmp_path: Path) -> None:
    """Names of a roster with what commands mail programs and file systems."""
    evil = (
        'id,first_name,last_name,email\nmira,../../etc,"<x@evil.example>, Bcc: y",m@example.edu\n'
    )
    course = with_sender(desk, evil)
    write_invitations(course, tmp_path / "letters", invite(course, desk.state, [], None))
    ((name, letter),) = letters_in(tmp_path / "letters").items()
    assert "/" not in name and letter["Bcc"] is None
    (to,) = letter["To"].addresses
    assert to.addr_spec == "m@example.edu"
    assert (tmp_path / "letters" / name).stat().st_mode & 0o007 == 0


def test_a_course_without_personal_links_invites_nobody(desk: TestDesk) -> None:
    openid = "{issuer: 'https://login.example.edu', client_id: desk}"
    set_course(
        desk.course, "seed: 7", f"seed: 7\ndesk: {{personal_links: false, openid: {openid}}}"
    )
    with pytest.raises(UsageError, match="personal_links is false"):
        invite(Course.load(desk.course.root), desk.state, [], datetime(2099, 1, 1, tzinfo=UTC))
