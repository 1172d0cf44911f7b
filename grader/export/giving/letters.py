"""Feedback pages as letters: one for each student, as a file or through an SMTP server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.errors import HeaderParseError, MessageDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, parseaddr

from grader.course.roster import Roster
from grader.course.settings import Assignment, Course, Mail
from grader.errors import GraderError, UsageError
from grader.export.giving.due import Due
from grader.export.giving.names import Parcel, Plan, for_people
from grader.gradebook.grades import Grade
from grader.locale.translations import gettext, in_language

__all__ = ["PASSWORD", "for_mail", "letter", "plan_digest", "send", "sender_of"]

PASSWORD = "GRADER_SMTP_PASSWORD"  # noqa: S105 — the name of the variable
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
HERE = ("localhost", "127.0.0.1", "::1")
TIMEOUT_S = 30
MAX_SAID = 300  # characters of what a mail server says


def for_mail(course: Course, assignment_id: str, pages: Sequence[Due], roster: Roster) -> Plan:
    """One letter for each page whose student has an address in the roster.

    Args:
        course: the course.
        assignment_id: the assignment.
        pages: the pages.
        roster: who takes the course.
    """
    problems = {}
    for page in pages:
        address = roster.get(page.student).email
        if not address:
            problems[page.student] = "no address; write email into the roster"
        elif not _is_address(address):
            problems[page.student] = f"{ascii(address)[:80]} is no address; correct the roster"
    named = for_people(
        course, assignment_id, [page for page in pages if page.student not in problems], roster
    )
    letters = [Parcel(f"{p.name.removesuffix('.html')}.eml", p.due) for p in named.parcels]
    return Plan(tuple(letters), problems)


def _is_address(text: str) -> bool:
    """Whether a text is an address that can stand in a letter."""
    try:
        return bool(ADDRESS.fullmatch(text) and Address(addr_spec=text))
    except (HeaderParseError, MessageDefect, ValueError):  # two dots in a row, and the like
        return False


def sender_of(course: Course) -> Address:
    """Who sends the letters: `sender` under `mail`, or the address in `contact`.

    Raises:
        UsageError: neither has an address.
    """
    name, address = parseaddr(course.mail.sender or "")
    if not address and course.contact and (found := ADDRESS.search(course.contact)):
        name, address = course.contact[: found.start()].strip(" ,;<("), found[0]
    if not _is_address(address):
        example = "mail: {sender: 'Ada Abara <ada@example.edu>'}"
        raise UsageError(f"course.yml: no address of the sender; write {example}")
    return Address(_line(name), addr_spec=address)


def letter(
    course: Course, assignment: Assignment, parcel: Parcel, roster: Roster, grade: Grade | None
) -> EmailMessage:
    """The letter with the page attached, in the language of the course.

    Args:
        course: the course.
        assignment: its part of course.yml.
        parcel: the page, whose student has an address.
        roster: who takes the course.
        grade: the student's grade, for a line in the text; None if it is not known.
    """
    person, sender = roster.get(parcel.due.student), sender_of(course)
    message = EmailMessage(policy=SMTP)
    with in_language(course.language):
        title = _line(assignment.title)
        message["Subject"] = _line(course.name) + ": " + gettext("feedback on {title}", title=title)
        message["From"] = sender
        message["To"] = Address(_line(person.full_name), addr_spec=person.email)
        message["Date"] = localtime()
        message["Message-ID"] = f"<{_mark(parcel, person.email)}@{sender.domain}>"
        message.set_content(_text(course, title, grade))
    message.add_attachment(
        parcel.due.page,
        maintype="text",
        subtype="html",
        filename=f"{assignment.id}.html",
        params={"charset": "utf-8"},
    )
    return message


def _text(course: Course, title: str, grade: Grade | None) -> str:
    lines = [gettext("Your feedback on {title} is attached. Open it in a browser.", title=title)]
    if grade is not None and grade.final_score is not None:
        lines.append(
            gettext(
                "Points: {points:g} of {maximum:g}.",
                points=round(grade.final_score, 2),
                maximum=grade.result.max_score,
            )
        )
        if any(question.waits for question in grade.result.questions):
            lines.append(gettext("Some answers still wait for points by hand."))
        lines += [str(grade.lateness)] if str(grade.lateness) else []
    if course.contact:
        lines.append(gettext("Questions? Ask {contact}.", contact=course.contact))
    return "\n\n".join(lines) + "\n"


def _line(text: str) -> str:
    """Text that is safe in a header: one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _mark(parcel: Parcel, address: str) -> str:
    told = f"{parcel.due.student}\0{parcel.due.digest}\0{address}"
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def plan_digest(plan: Plan, roster: Roster) -> str:
    """What a dry run showed: which page goes to which address.

    Args:
        plan: the letters.
        roster: who takes the course.
    """
    marks = [_mark(parcel, roster.get(parcel.due.student).email) for parcel in plan.parcels]
    return hashlib.sha256(json.dumps(sorted(marks)).encode()).hexdigest()


def send(
    mail: Mail,
    letters: Iterator[tuple[Due, EmailMessage]],
    sent: Callable[[Due], None],
    problems: dict[str, str],
    wait: Callable[[float], None] = time.sleep,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Send letters, at most `per_minute` in a minute.

    Args:
        mail: server and account.
        letters: with their pages; each is made shortly before it is sent.
        sent: called with each page that the server took, before the next one goes out.
        problems: gets the students whose letter the server refused.
        wait: waits for some seconds.
        environment: where the password is.

    Raises:
        UsageError: the settings do not allow it.
        GraderError: the server cannot be reached, or refuses the account.
    """
    pause = 0.0
    with _connected(mail, environment) as server:
        for due, message in letters:
            wait(pause)
            pause = 60 / mail.per_minute
            try:
                server.send_message(message)
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
                said = _line(str(refusal))[:MAX_SAID]
                problems[due.student] = f"the mail server refuses the letter: {said}"
                continue
            sent(due)


@contextmanager
def _connected(mail: Mail, environment: Mapping[str, str]) -> Iterator[smtplib.SMTP]:
    if mail.server is None:
        raise UsageError("course.yml: no mail server; write mail: {server: smtp.example.edu}")
    if mail.security == "none" and mail.server not in HERE:
        raise UsageError("course.yml: mail: security: none is only for a server on this machine")
    password = environment.get(PASSWORD)
    if mail.user and not password:
        raise UsageError(f"no password for {mail.user}; put it into the variable {PASSWORD}")
    tls = ssl.create_default_context()
    try:
        if mail.security == "tls":
            opened: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.server, mail.port, timeout=TIMEOUT_S, context=tls
            )
        else:
            opened = smtplib.SMTP(mail.server, mail.port, timeout=TIMEOUT_S)
        with opened as server:
            if mail.security == "starttls":
                server.starttls(context=tls)
            if mail.user and password:
                server.login(mail.user, password)
            yield server
    except smtplib.SMTPAuthenticationError as error:  # what it says may repeat the password
        problem = f"refuses user and password ({error.smtp_code}); see {PASSWORD}"
        raise GraderError(f"{mail.server}: {problem}") from None
    except (OSError, smtplib.SMTPException) as error:
        said = _line(str(error))[:MAX_SAID]
        raise GraderError(f"{mail.server}: {said}; run the command again") from None
