"""Which student is this? From what somebody is called where they signed in, to the roster.

Each way of signing in answers only the question before, “Who is this?”, with an `Identity`. So
another way, such as LTI 1.3, is a function that makes one, and a rule here; it changes no page.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.course.openid import OpenId
from grader.course.roster import Person, Roster
from grader.desk.course_now import CourseNow

__all__ = ["LINK", "Identity", "known_as", "person_of"]

LINK = "link"


@dataclass(frozen=True)
class Identity:
    """Who somebody is, in the words of whoever vouches for it.

    Args:
        issuer: who vouches: the address of a provider; "" for the desk's own links.
        claim: what `value` is there, such as `email`; `link` for the desk's own.
        value: their name there.
    """

    issuer: str
    claim: str
    value: str


def person_of(now: CourseNow, who: Identity | None) -> Person | None:
    """Whom in the roster an identity means, by the settings as they are now.

    Args:
        now: the course.
        who: the identity; None for somebody who is not signed in.

    Returns:
        The person; None if it is nobody, or not certain who.
    """
    if who is None:
        return None
    desk = now.course.desk
    if who.claim == LINK:
        return now.person(who.value) if desk.personal_links else None
    if desk.openid is None or (desk.openid.issuer, desk.openid.claim) != (who.issuer, who.claim):
        return None
    people = known_as(now.roster, desk.openid, who.value)
    return people[0] if len(people) == 1 else None


def known_as(roster: Roster, openid: OpenId, value: str) -> list[Person]:
    """Everyone in the roster whom a provider may mean by a name.

    Former ids do not count: a university may give the name of one person to another one later.

    Args:
        roster: who takes the course, and who teaches it.
        openid: which column has the names.
        value: the name, as the provider writes it; small and capital letters are the same, but for
            `sub`, which providers tell apart by them.
    """
    exact = openid.claim == "sub"
    return [
        person
        for person in roster.everyone.values()
        if _same(getattr(person, openid.column), value, exact=exact)
    ]


def _same(ours: str, theirs: str, *, exact: bool) -> bool:
    """Whether two names are the same; letters that only look alike are not."""
    if exact or ours.lower() != theirs.lower():  # `lower` is quick, and most people are others
        return ours == theirs
    return _small(ours) == _small(theirs)


def _small(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
