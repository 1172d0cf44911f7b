"""Invitations: letters with personal links, each to its owner, as files for a mail program."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from grader.course.settings import Course
from grader.desk.links import Link
from grader.errors import UsageError
from grader.export.envelope import addressed, refuse_existing, sender_of, write_letters
from grader.export.giving.names import unique_names
from grader.locale.translations import gettext, in_language

__all__ = ["check_folder", "write_invitations"]


def check_folder(course: Course, folder: Path) -> None:
    """See that letters could be written, before any link is made.

    Raises:
        UsageError: the course names no sender, the folder is there already, or it would lie in a
            folder that is missing.
    """
    sender_of(course)
    refuse_existing(folder)
    if not folder.absolute().parent.is_dir():
        raise UsageError(f"{folder}: there is no such place; name another --output")


def write_invitations(course: Course, folder: Path, links: Sequence[Link]) -> None:
    """Write a letter for each link, all or none; no folder if there are no links.

    Args:
        course: the course.
        folder: a new folder, which other accounts cannot read.
        links: new ones, whose owners have addresses.

    Raises:
        UsageError: it cannot be written.
    """
    names = unique_names(course, [link.person for link in links])
    letters = {f"{names[link.person.id]}.eml": _letter(course, link) for link in links}
    try:
        if letters:
            write_letters(folder, letters)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror})") from None


def _letter(course: Course, link: Link) -> EmailMessage:
    with in_language(course.language):
        lines = [
            gettext("By this link you sign in to the pages of {course}:", course=course.name),
            link.address,
            gettext(
                "It is yours alone: whoever opens it is signed in as you. Pass it on to nobody."
            ),
        ]
        if link.until:
            until = link.until.astimezone(course.zone)
            lines.append(gettext("It works until {time}.", time=f"{until:%Y-%m-%d %H:%M %Z}"))
        if course.contact:
            lines.append(gettext("Questions? Ask {contact}.", contact=course.contact))
        subject = gettext("your personal link")
    message = addressed(course, link.person, subject, secrets.token_hex(20))
    message.set_content("\n\n".join(lines) + "\n")
    return message
