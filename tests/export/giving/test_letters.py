"""Letters through a real mail server: to the right people, once, and nothing by mistake."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from dataclasses import replace
from email.policy import default
from pathlib import Path

import pytest

from grader.course.roster import Person, Roster
from grader.course.settings import Course
from grader.errors import GraderError, UsageError
from grader.export.giving.due import Due
from grader.export.giving.give_back import Given, give_back, planned
from grader.export.giving.letters import PASSWORD, for_mail, letter
from grader.export.giving.letters import send as send_letters
from grader.export.giving.names import Parcel
from tests.export.giving.conftest import Made
from tests.kit.course import ID, write_course
from tests.kit.smtp import Mailbox, certificate, mail_server


def settings(course: Course, box: Mailbox, more: str = "") -> Course:
    path = course.root / "course.yml"
    text = path.read_text().partition("mail:")[0]
    mail = f"mail: {{server: 127.0.0.1, port: {box.port}, security: none, per_minute: 30{more}}}\n"
    path.write_text(text + mail)
    return Course.load(course.root)


def send(course: Course, waits: list[float], **options: bool) -> Given:
    giving = planned(course, course.assignment(ID), "mail")
    return give_back(giving, by_smtp=True, wait=waits.append, **options)  # type: ignore[arg-type]


@pytest.mark.slow
def test_each_gets_their_page_once_also_after_the_server_hung_up(
    a_class: Callable[..., Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    course, scene = a_class()
    text = course.roster_path.read_text().replace("mail007@example.org", "")
    course.roster_path.write_text(text)
    waits: list[float] = []
    with mail_server() as box:
        course = settings(course, box, ", user: ada")
        with pytest.raises(UsageError, match="look first at what would be sent, with --dry-run"):
            send(course, waits)
        listed = send(course, waits, dry_run=True)
        assert (len(listed.pages), list(listed.problems), box.letters) == (39, ["s007"], [])
        with pytest.raises(UsageError, match=f"put it into the variable {PASSWORD}"):
            send(course, waits)
        monkeypatch.setenv(PASSWORD, "guess")
        with pytest.raises(GraderError, match="535"):
            send(course, waits)
        monkeypatch.setenv(PASSWORD, "secret")
        box.breaks_after, box.refused = 10, {"mail003@example.org"}
        with pytest.raises(GraderError, match="run the command again"):
            send(course, waits)
        assert len(box.letters) == 10
        box.breaks_after = -1
        with pytest.raises(UsageError, match="look first"):  # other pages than were listed
            send(course, waits)
        given = send(course, waits, is_sure=True)
        assert len(given.pages) == 28
        assert given.problems["s003"].startswith("the mail server refuses the letter")
        box.refused = set()
        assert list(send(course, waits, is_sure=True).pages) == ["s003"]
        assert send(course, waits).pages == {}
        assert box.logins[-1] == "ada:secret"
    assert set(waits) == {0.0, 2.0}  # thirty in a minute
    got = [to for to, _ in box.letters]
    assert sorted(got) == sorted(p.email for p in scene.roster if p.id != "s007")
    owners = {p.email: p.id for p in scene.roster}
    for to, data in box.letters:
        message = email.message_from_bytes(data, policy=default)
        assert [a.addr_spec for a in message["To"].addresses] == [to]
        (page,) = message.iter_attachments()
        assert set(re.findall(r"# code of (\w+)<", page.get_content())) == {owners[to]}
        body = message.get_body(("plain",))
        assert body is not None and "Points: 3 of 9." in body.get_content()


def test_a_password_never_travels_in_the_open(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    mail = course.mail.model_copy(update={"server": "smtp.example.edu", "security": "none"})
    with pytest.raises(UsageError, match="only for a server on this machine"):
        send_letters(mail, iter(()), lambda due: None, {})


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_letters_and_password_go_encrypted_to_a_server_whose_certificate_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(context, at_once=security == "tls") as box:
        deliver_one(tmp_path, box, security)
    assert (box.encrypted, box.logins) == ([True], ["ada:secret"])


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("wrong", ["unknown", "of another server"])
def test_nothing_is_sent_to_a_server_whose_certificate_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str, wrong: str
) -> None:
    context, trusted = certificate(tmp_path, "127.0.0.1" if wrong == "unknown" else "127.0.0.9")
    if wrong != "unknown":
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    served = mail_server(context, at_once=security == "tls")
    with served as box, pytest.raises(GraderError, match="certificate verify failed"):
        deliver_one(tmp_path, box, security)
    assert (box.letters, box.logins) == ([], [])


def test_a_server_that_cannot_encrypt_gets_neither_letter_nor_password(tmp_path: Path) -> None:
    with mail_server() as box, pytest.raises(GraderError, match="STARTTLS"):
        deliver_one(tmp_path, box, "starttls")
    assert (box.letters, box.logins) == ([], [])


def deliver_one(folder: Path, box: Mailbox, security: str) -> None:
    course = write_course(folder / "course")
    course = course.model_copy(update={"contact": "ada@example.edu"})
    parcel = Parcel("ada.eml", Due("ada", b"<p>page</p>", "d", "new"))
    roster = Roster({"ada": Person("ada", email="ada@example.org")})
    message = letter(course, course.assignment(ID), parcel, roster, None)
    told = {"server": "127.0.0.1", "port": box.port, "security": security, "user": "ada"}
    letters = iter([(parcel.due, message)])
    mail = course.mail.model_copy(update=told)
    send_letters(mail, letters, lambda due: None, {}, lambda s: None, {PASSWORD: "secret"})


def test_no_name_or_title_becomes_a_header_of_its_own(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    assignment = course.assignment(ID).model_copy(update={"title": "Tiny\r\nBcc: all@example.org"})
    course = course.model_copy(update={"contact": "Jörg, joerg@example.edu"})
    person = Person("ada", 'Ada"\r\nCc: x@example.org', "洛夫莱斯", email="ada@example.org")
    parcel = Parcel("ada.eml", Due("ada", "<p>é</p>".encode(), "d", "new"))
    roster = Roster({"ada": person})
    data = letter(course, assignment, parcel, roster, None).as_bytes()
    read = email.message_from_bytes(data, policy=default)
    assert (read["Bcc"], read["Cc"]) == (None, None)
    assert read["To"].addresses[0].addr_spec == "ada@example.org"
    assert "洛夫莱斯" in read["To"].addresses[0].display_name
    assert read["From"].addresses[0].display_name == "Jörg"
    (page,) = read.iter_attachments()
    assert (page.get_filename(), page.get_content()) == (f"{ID}.html", "<p>é</p>")
    again = letter(course, assignment, parcel, roster, None)
    assert again["Message-ID"] == read["Message-ID"]
    other = replace(parcel, due=replace(parcel.due, digest="e"))
    assert letter(course, assignment, other, roster, None)["Message-ID"] != read["Message-ID"]


@pytest.mark.parametrize(
    "address",
    ["a..b@x.org", ".a@x.org", "a.@x.org", "a@x..org", "a@x.", "a@x.y\u202e", "a b@x.y"],
)
def test_an_address_that_is_none_costs_nobody_else_a_letter(tmp_path: Path, address: str) -> None:
    people = {"ada": Person("ada", email=address), "bela": Person("bela", email="b@x.org")}
    pages = [Due(student, b"<p>", "d", "new") for student in people]
    plan = for_mail(write_course(tmp_path), ID, pages, Roster(people))
    assert [parcel.due.student for parcel in plan.parcels] == ["bela"]
    assert "is no address; correct the roster" in plan.problems["ada"]
