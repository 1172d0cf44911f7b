"""Letters: from the course's sender to one person each, and nothing in a name makes a header.

Used for feedback pages that are given back, and for invitations to the desk.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from email.errors import HeaderParseError, MessageDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, parseaddr
from pathlib import Path

from grader.course.roster import Person
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.files import write_whole

__all__ = [
    "addressed",
    "one_line",
    "refuse_existing",
    "sender_of",
    "undeliverable",
    "write_letters",
]

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")


def undeliverable(person: Person) -> str:
    """Why no letter can go to a person; "" if one can."""
    if not person.email:
        return "no address; write email into the roster"
    if not _is_address(person.email):
        return f"{repr(person.email)[:80]} is no address; correct the roster"
    return ""


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
    return Address(one_line(name), addr_spec=address)


def addressed(course: Course, person: Person, subject: str, mark: str) -> EmailMessage:
    """A letter without its text.

    Args:
        course: the course.
        person: to whom; `undeliverable` has nothing against it.
        subject: its subject, after the name of the course.
        mark: what no other letter has, in hexadecimal digits.

    Raises:
        UsageError: there is no sender.
    """
    sender, message = sender_of(course), EmailMessage(policy=SMTP)
    message["Subject"] = f"{one_line(course.name)}: {one_line(subject)}"
    message["From"] = sender
    message["To"] = Address(one_line(person.full_name), addr_spec=person.email)
    message["Date"] = localtime()
    message["Message-ID"] = f"<{mark}@{sender.domain}>"
    return message


def refuse_existing(output: Path) -> None:
    """See that nothing is where something is to be written.

    Raises:
        UsageError: there is something.
    """
    if os.path.lexists(output):
        raise UsageError(f"{output}: there already; name another --output, or remove it")


def write_letters(output: Path, letters: Mapping[str, EmailMessage]) -> None:
    """Write a folder of letters, whole or not at all.

    Args:
        output: the folder, which must not be there yet; its own folder is.
        letters: by the name of the file.

    Raises:
        OSError: it cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as scratch:
        part = Path(scratch) / "letters"
        part.mkdir(mode=0o770)
        for name, message in letters.items():
            write_whole(part / name, message.as_bytes())
        part.rename(output)


def one_line(text: str) -> str:
    """Text that is safe in a header: one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _is_address(text: str) -> bool:
    """Whether a text is an address that can stand in a letter."""
    try:
        return bool(ADDRESS.fullmatch(text) and Address(addr_spec=text))
    except (HeaderParseError, MessageDefect, ValueError):  # two dots in a row, and the like
        return False
