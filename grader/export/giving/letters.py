"""Feedback pages as letters: one for each student, as a file or through an SMTP server."""

from __future__ import annotations

import hashlib
import json
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import EmailMessage

from grader.course.roster import Roster
from grader.course.settings import Assignment, Course, Mail
from grader.errors import GraderError, UsageError
from grader.export.envelope import addressed, one_line, undeliverable
from grader.export.giving.due import Due
from grader.export.giving.names import Parcel, Plan, for_people
from grader.gradebook.grades import Grade
from grader.locale.translations import gettext, in_language

__all__ = ["PASSWORD", "for_mail", "letter", "plan_digest", "send"]

PASSWORD = "GRADER_SMTP_PASSWORD"  # noqa: S105 — the name of the variable
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
    reasons = {page.student: undeliverable(roster.get(page.student)) for page in pages}
    problems = {student: reason for student, reason in reasons.items() if reason}
    named = for_people(
        course, assignment_id, [page for page in pages if page.student not in problems], roster
    )
    letters = [Parcel(f"{p.name.removesuffix('.html')}.eml", p.due) for p in named.parcels]
    return Plan(tuple(letters), problems)


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
    person = roster.get(parcel.due.student)
    with in_language(course.language):
        title = one_line(assignment.title)
        subject = gettext("feedback on {title}", title=title)
        message = addressed(course, person, subject, _mark(parcel, person.email))
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
                said = one_line(str(refusal))[:MAX_SAID]
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
        said = one_line(str(error))[:MAX_SAID]
        raise GraderError(f"{mail.server}: {said}; run the command again") from None
