"""Under which name each page goes out, so that the system, or a person, finds its student.

Canvas and Moodle look only at the beginning of a name, which their own downloads had. Canvas takes
the user's and the attachment's number (`infer_comment_context_from_filename`, in
https://github.com/instructure/canvas-lms), Moodle the participant's number and the plug-in
(`is_valid_filename_for_import`, in mod/assign/feedback/file/importziplib.php of
https://github.com/moodle/moodle).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from string import Formatter
from types import MappingProxyType

from grader.course.groups import load_groups
from grader.course.renamed import load_renamings
from grader.course.roster import Person, Roster
from grader.course.settings import Course
from grader.export.giving.due import Due
from grader.intake.attempts import StudentAttempts, students_with_attempts
from grader.intake.identity import Unknown, identified
from grader.intake.naming import canvas, moodle
from grader.intake.naming.handed import Handed, Naming, outermost_zip

__all__ = ["Parcel", "Plan", "for_canvas", "for_moodle", "for_people", "unique_names"]

UNSAFE = re.compile(  # in names of files; what turns the direction of writing hides an ending
    r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]'
)
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows
API = "canvas/"  # where the origins of work that came through Canvas's interface begin
MAX_NAME, MAX_BYTES = 120, 150  # characters and bytes; many systems have 255 bytes for a name


@dataclass(frozen=True)
class Parcel:
    """A page, and the name of its file."""

    name: str
    due: Due


@dataclass(frozen=True)
class _Addressed:
    """A parcel, the number of whom it would reach, and whether the roster says so."""

    parcel: Parcel
    number: int
    is_sure: bool


@dataclass(frozen=True)
class Plan:
    """What goes out, and why other pages do not.

    Args:
        parcels: in the order of the students' ids; no two have the same name.
        problems: by student.
    """

    parcels: tuple[Parcel, ...]
    problems: dict[str, str]


def for_canvas(course: Course, assignment_id: str, pages: Sequence[Due], roster: Roster) -> Plan:
    """Names for Canvas's “Upload Submissions”: those of the downloaded files, ending in .html.

    Args:
        course: the course, whose `attempts/` remember the names.
        assignment_id: the assignment.
        pages: the pages.
        roster: who takes the course.
    """
    addressed, problems = [], {}
    for page in pages:
        person = roster.get(page.student)
        files = _originals(course, assignment_id, page.student, canvas.named)
        files = [f for f in files if not f.key.startswith("anon_")]
        if not files:
            problems[page.student] = "no file name of Canvas is known; collect Canvas's download"
        elif person.canvas_id not in ("", files[-1].key):
            problems[page.student] = (
                f"handed in as Canvas's user {files[-1].key}, but the roster has canvas_id "
                f"{person.canvas_id}; correct it there, or collect Canvas's download again"
            )
        elif not (person.canvas_id or _is_theirs(course, files[-1], person, roster)):
            problems[page.student] = (
                f"it is not certain that Canvas's user {files[-1].key} is this student; write "
                "canvas_id into the roster"
            )
        else:
            parcel = Parcel(_as_html(files[-1].entry), page)
            addressed.append(_Addressed(parcel, int(files[-1].key), bool(person.canvas_id)))
    return _each_to_one(addressed, _claims(course, assignment_id, canvas.named), problems)


def for_moodle(
    course: Course,
    assignment_id: str,
    pages: Sequence[Due],
    roster: Roster,
    numbers: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Names for Moodle's “Upload multiple feedback files in a zip”.

    A number that the download had counts before the roster's. In a download of a team's work, it is
    the group's number, so a member of a group needs another source.

    Args:
        course: the course.
        assignment_id: the assignment.
        pages: the pages.
        roster: who takes the course.
        numbers: of participants by student, from the grading worksheet of this assignment.
    """
    groups, addressed, problems = load_groups(course), [], {}
    for page in pages:
        person, told = roster.get(page.student), numbers.get(page.student, "")
        number = told or (person.moodle_id if person.moodle_id.isdecimal() else "")
        if groups.of(assignment_id, page.student) is None:
            files = _originals(course, assignment_id, page.student, moodle.named)
            theirs = [f.key for f in files if f.key and _is_of(f, person, roster)]
            number = theirs[-1] if theirs else number
        if reason := _against_number(number, told, page.student, roster):
            problems[page.student] = reason
        else:
            # Moodle counts the parts between _, so there is none in the name
            called = _safe((person.full_name or page.student).replace("_", " "))
            prefix = f"{called}_{number}_assignfeedback_file_"
            parcel = Parcel(f"{prefix}{assignment_id}.html", page)
            is_sure = number in (told, person.moodle_id)
            addressed.append(_Addressed(parcel, int(number), is_sure))
    return _each_to_one(addressed, _claims(course, assignment_id, moodle.named), problems)


def _against_number(number: str, told: str, student: str, roster: Roster) -> str:
    """Why a page must not go to that participant of Moodle; "" if it may."""
    if not number:
        return (
            "no participant's number is known; give the grading worksheet with --worksheet, or "
            "collect Moodle's download"
        )
    if told not in ("", number):
        return (
            f"handed in as participant {number}, but the worksheet has {told}; give the worksheet "
            "of this assignment, or correct the roster"
        )
    other = roster.by("moodle_id", number)
    if other and other.id != student:
        return (
            f"handed in as participant {number}, which the roster gives to {other.id}; correct it "
            "there"
        )
    return ""


def for_people(course: Course, assignment_id: str, pages: Sequence[Due], roster: Roster) -> Plan:
    """Names by the course's own template; students whose names would be the same are told apart.

    Args:
        course: the course, with `page_name`.
        assignment_id: the assignment.
        pages: the pages.
        roster: who takes the course.
    """
    people = [roster.get(page.student) for page in pages]
    names = unique_names(course, people, assignment_id)
    return Plan(tuple(Parcel(f"{names[page.student]}.html", page) for page in pages), {})


def unique_names(
    course: Course, people: Iterable[Person], assignment_id: str = ""
) -> dict[str, str]:
    """A name without ending for a file of each person, by id; on no system are two the same.

    Args:
        course: the course, with `page_name`.
        people: who gets a file.
        assignment_id: the assignment, if it is about one.
    """
    called = {p.id: _filled(course.page_name, assignment_id, p) for p in people}
    keys = [_same(name) for name in called.values()]
    names: dict[str, str] = {}
    taken: set[str] = set()
    for student, name in called.items():
        if keys.count(_same(name)) > 1:
            name = f"{name} ({student})"
        number, unique = 2, name
        while _same(unique) in taken:
            number, unique = number + 1, f"{name} {number}"
        taken.add(_same(unique))
        names[student] = unique
    return names


def _originals(course: Course, assignment_id: str, student: str, naming: Naming) -> list[Handed]:
    """What the download's names said of the student's own attempts, the latest last."""
    attempts = StudentAttempts(course, assignment_id, student).attempts
    ranked = sorted(attempts, key=lambda a: (a.order, a.number))
    return [found for a in ranked for found in naming([a.origin], assignment_id)]


def _is_theirs(course: Course, file: Handed, person: Person, roster: Roster) -> bool:
    """Whether a file of that name in Canvas's download would be collected as this person's.

    A student may have given such a name to a file that came in another way.
    """
    if file.entry.startswith(API):
        return True  # this path was made from Canvas's own answers
    if moodle.named([file.entry], ""):
        return False
    try:
        student = identified(file, roster or None)
    except Unknown:
        return False
    return load_renamings(course.root).now.get(student, student) == person.id


def _is_of(file: Handed, person: Person, roster: Roster) -> bool:
    """Whether the name in the download is not somebody else's, such as a group's."""
    return not person.full_name or person in roster.by_name(file.name) or file.name == "Participant"


def _as_html(entry: str) -> str:
    """The name that Canvas gave; if it is that of a zip, the student named what is in it."""
    name = PurePosixPath(outermost_zip(PurePosixPath(entry)).name).stem
    return _safe(name, MAX_NAME * 2, MAX_BYTES * 3 // 2) + ".html"


def _filled(template: str, assignment_id: str, person: Person) -> str:
    values = {
        "id": person.id,
        "name": person.full_name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "section": person.section,
        "assignment": assignment_id,
    }
    parts = [
        literal + (values[key] if key else "") for literal, key, _, _ in Formatter().parse(template)
    ]
    return _safe("".join(parts)) or person.id


def _safe(text: str, limit: int = MAX_NAME, limit_bytes: int = MAX_BYTES) -> str:
    """A name for a file on any system, without folders, in composed letters."""
    plain = " ".join(UNSAFE.sub(" ", unicodedata.normalize("NFC", text)).split())
    cut = plain[:limit].encode("utf-8", "ignore")[:limit_bytes].decode("utf-8", "ignore")
    name = cut.strip(" .-_")
    return f"{name} -" if DEVICES.fullmatch(name) else name


def _same(name: str) -> str:
    """One form of all names that some file system takes for the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def _claims(course: Course, assignment_id: str, naming: Naming) -> dict[int, set[str]]:
    """Under which number of the system whose work came, also of those who get no page now."""
    groups = load_groups(course)
    found: dict[int, set[str]] = {}
    for student in students_with_attempts(course, assignment_id):
        if groups.of(assignment_id, student) and naming is moodle.named:
            continue  # Moodle's download has the number of the group
        for file in _originals(course, assignment_id, student, naming):
            if file.key.isdecimal():
                found.setdefault(int(file.key), set()).add(student)
    return found


def _each_to_one(
    addressed: Sequence[_Addressed], claims: Mapping[int, set[str]], problems: dict[str, str]
) -> Plan:
    """Pages for one number would reach one person, so only the one goes out that is sure."""
    sure: dict[int, set[str]] = {}
    for one in addressed:
        if one.is_sure:
            sure.setdefault(one.number, set()).add(one.parcel.due.student)
    parcels = []
    for one in addressed:
        student, theirs = one.parcel.due.student, sure.get(one.number, set())
        others = theirs if one.is_sure else theirs | claims.get(one.number, set())
        if others := others - {student}:
            told = ", ".join(sorted(others))
            problem = f"has the number {one.number} there, and so has {told}; correct the roster"
            problems[student] = problem
        else:
            parcels.append(one.parcel)
    return Plan(tuple(sorted(parcels, key=lambda p: p.due.student)), problems)
