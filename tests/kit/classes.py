"""Synthetic classes of 40, their downloads from any system, and ten nasty rosters.

How to use it for another system:

1. Write a function that takes the students as the system knows them and returns the members of its
   download, each with `work_of(student)` as the content of the notebook, and put it into `SYSTEMS`.
2. `tally(system, language, nasty, folder)` makes a course with the roster of `NASTY[nasty]`,
   collects the download, and counts: `found` (the work is in the folder of its owner), `listed`
   (left out, and a line names the student), `confused` (in the folder of somebody else) and `lost`
   (neither). A test asserts that `confused` and `lost` are empty.
3. `table(tallies)` prints them as one table.

Students are `Person`s: `canvas_id`, `moodle_id`, `github` and so on are what the systems call them,
`id` is what the course calls them. The owner of a piece of work is told by its content alone.
"""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from grader.course.roster import Person
from grader.course.roster_file import open_roster
from grader.course.settings import Course
from grader.intake.collect import collect
from tests.kit.course import ID, write_course
from tests.kit.downloads import archive

__all__ = [
    "LANGUAGES",
    "NASTY",
    "SYSTEMS",
    "Tally",
    "class_of",
    "counted",
    "table",
    "tally",
    "work_of",
]

Members: TypeAlias = dict[str, bytes]
SIZE = 40

LANGUAGES = {
    "en": ("Ada Ben Chloe Dan Eve Finn Grace Hugh", "Lovelace Smith O’Neill Jones Brown-Lee"),
    "zh": ("佳 伟 小明 静怡 强 秀英 子涵 一诺", "李 王 欧阳 张 司马"),
    "de": ("Jörg Änne Björn Käthe Uwe Zoë Sören Anke", "Müller Groß von_Arnim Jäger Süß"),
    "fr": ("Élodie François Chloé Noël Inès Loïc Zoé Rémi", "Dupont de_Gaulle Lefèvre Çelik Hervé"),
    "es": ("José María Íñigo Ángel Núria Begoña Óscar Inés", "García Ibáñez de_la_Cruz Muñoz Peña"),
}


def class_of(language: str) -> list[Person]:
    """Forty students, known to every system; each name is there once."""
    given, family = (words.split() for words in LANGUAGES[language])
    names = [(g, f.replace("_", " ")) for f in family for g in given]
    return [
        Person(
            f"s{n:03}",
            first,
            last,
            email=f"mail{n:03}@example.org",
            section="AB"[n % 2],
            canvas_id=str(50_000 + n),
            sis_id=str(20_260_000 + n),
            sis_login=f"login{n:03}",
            moodle_id=str(700_000 + n),
            moodle_username=f"user{n:03}",
            github=f"hub-{n:03}",
        )
        for n, (first, last) in enumerate(names, 1)
    ]


def work_of(student: Person) -> bytes:
    """A notebook that tells whose it is."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"work of {student.id}"}
    return json.dumps(
        {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


@dataclass(frozen=True)
class Nasty:
    """A roster that does not quite fit those who hand in.

    Args:
        roster: as it stands in the course.
        handed_in: who hands in, as the system knows them.
    """

    roster: list[Person]
    handed_in: list[Person]


def _same(people: list[Person]) -> Nasty:
    return Nasty(people, people)


def _same_names(people: list[Person]) -> Nasty:
    twins = [
        replace(p, first_name=people[i - i % 2].first_name, last_name=people[i - i % 2].last_name)
        for i, p in enumerate(people)
    ]
    return Nasty(twins, twins)


def _decomposed(people: list[Person]) -> Nasty:
    return Nasty(people, [_renamed(p, lambda t: unicodedata.normalize("NFD", t)) for p in people])


def _other_case(people: list[Person]) -> Nasty:
    return Nasty(people, [_renamed(p, str.upper) for p in people])


def _changed_numbers(people: list[Person]) -> Nasty:
    changed = [
        replace(
            p,
            canvas_id=f"9{p.canvas_id}",
            moodle_id=f"9{p.moodle_id}",
            sis_id=f"9{p.sis_id}",
            sis_login=f"new-{p.sis_login}",
        )
        for p in people
    ]
    return Nasty(people, [*changed[:9], *people[9:]])


def _missing_numbers(people: list[Person]) -> Nasty:
    bare = [Person(p.id, p.first_name, p.last_name) for p in people]
    return Nasty([*bare[:20], *people[20:]], people)


def _two_accounts(people: list[Person]) -> Nasty:
    """Two students hand in a second time, under a second account of the same name."""
    second = [
        replace(
            p,
            canvas_id=f"8{p.canvas_id}",
            moodle_id=f"8{p.moodle_id}",
            sis_id=f"8{p.sis_id}",
            github=f"{p.github}-2",
            sis_login=f"{p.sis_login}-2",
            email=f"2{p.email}",
            moodle_username=f"{p.moodle_username}-2",
        )
        for p in people[:2]
    ]
    return Nasty(people, [*people, *second])


def _dropped(people: list[Person]) -> Nasty:
    return Nasty(people[7:], people)


def _silent(people: list[Person]) -> Nasty:
    return Nasty(people, people[::2])


def _numbers_of_others(people: list[Person]) -> Nasty:
    """Ids of the course are what the systems call somebody else."""
    ids = [people[i - 1].canvas_id for i in range(5)] + [
        people[i - 1].moodle_id for i in range(5, 9)
    ]
    roster = [replace(p, id=n) for p, n in zip(people, ids, strict=False)] + people[9:]
    return Nasty(roster, roster)


def _alike(people: list[Person]) -> Nasty:
    """Names that differ in a blank, an accent or a sign only."""
    names = [
        ("Ann", "Alee"),
        ("Anna", "Lee"),
        ("Jose", "Pena"),
        ("José", "Peña"),
        ("राम", "शर्मा"),
        ("रमा", "शर्मा"),
        ("小明", "李"),
        ("明", "李小"),
        ("Li", "Wei"),
        ("Wei", "Lie"),
    ]
    alike = [
        replace(p, first_name=first, last_name=last)
        for p, (first, last) in zip(people, names, strict=False)
    ]
    return Nasty([*alike, *people[10:]], [*alike, *people[10:]])


NASTY: dict[str, Callable[[list[Person]], Nasty]] = {
    "as it should be": _same,
    "same names": _same_names,
    "NFC and NFD": _decomposed,
    "other case": _other_case,
    "changed numbers": _changed_numbers,
    "missing numbers": _missing_numbers,
    "two accounts": _two_accounts,
    "dropped students": _dropped,
    "half hand in nothing": _silent,
    "ids that are numbers of others": _numbers_of_others,
    "names alike": _alike,
}


def _renamed(person: Person, change: Callable[[str], str]) -> Person:
    names = {"first_name": change(person.first_name), "last_name": change(person.last_name)}
    return replace(person, **names)


def moodle(people: Iterable[Person]) -> Members:
    """A folder for each student, as Moodle's “Download all submissions” has it."""
    return {
        f"{p.full_name}_{p.moodle_id}_assignsubmission_file/{ID}.ipynb": work_of(p) for p in people
    }


def moodle_flat(people: Iterable[Person]) -> Members:
    """The same without folders."""
    return {
        f"{p.full_name}_{p.moodle_id}_assignsubmission_file_{ID}.ipynb": work_of(p) for p in people
    }


def github_teacher(people: Iterable[Person]) -> Members:
    """A clone for each student, as `gh teacher download` names them."""
    members: Members = {}
    for p in people:
        clone = f"cs101-{ID}-{p.github}"
        members[f"{clone}/.git/HEAD"] = b"ref: refs/heads/main"
        members[f"{clone}/{ID}.ipynb"] = work_of(p)
    return members


def label_zips(people: Iterable[Person]) -> Members:
    """A zip for each student, named by number and name, as 学习通 has it."""
    return {f"作业/{p.sis_id}-{p.full_name}.zip": _zip_of(work_of(p)) for p in people}


def label_notebooks(people: Iterable[Person]) -> Members:
    """A notebook for each student, with the class before number and name."""
    return {f"计算机1班-{p.sis_id}-{p.full_name}-作业.ipynb": work_of(p) for p in people}


def _zip_of(work: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("我的作业.ipynb", work)
    return file.getvalue()


class _InGbk(zipfile.ZipInfo):
    """A member whose name is in GBK, which no flag tells."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def gbk_archive(path: Path, members: Members) -> Path:
    """Write a zip as programs of Chinese Windows do."""
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members.items():
            target.writestr(_InGbk(name), data)
    return path


def brightspace(people: Iterable[Person]) -> Members:
    """A folder for each submission, and a page beside them."""
    return {"index.html": b"<html>"} | {
        f"{p.canvas_id}-77 - {p.full_name} - Jan 5, 2026 926 PM/{ID}.ipynb": work_of(p)
        for p in people
    }


def sakai(people: Iterable[Person]) -> Members:
    """A folder for each student inside one for the assignment."""
    members = {"Tiny/grades.csv": b"Display ID,ID,Last Name,First Name,grade"}
    for p in people:
        folder = f"Tiny/{p.last_name}, {p.first_name}({p.sis_login})"
        members[f"{folder}/Submission attachment(s)/{ID}.ipynb"] = work_of(p)
        members[f"{folder}/timestamp.txt"] = b"20260105212600000"
    return members


def teams(people: Iterable[Person]) -> Members:
    """A folder for each student, who turned in twice; students of one name share it."""
    return {
        f"Submitted files/{p.full_name}/Tiny/Version {n}/{ID}.ipynb": work_of(p)
        for p in people
        for n in (1, 2)
    }


def blackboard(people: Iterable[Person]) -> Members:
    """All in one folder, each with a text beside it."""
    members: Members = {}
    for p in people:
        name = f"Lab_1_{p.sis_login}_attempt_2026-01-05-21-26-00"
        members |= {f"{name}_{ID}.ipynb": work_of(p), f"{name}.txt": b"Name: x"}
    return members


SYSTEMS: dict[str, Callable[[Sequence[Person]], Members]] = {
    "moodle": moodle,
    "moodle without folders": moodle_flat,
    "github teacher": github_teacher,
    "label on a zip each": label_zips,
    "label on notebooks": label_notebooks,
    "brightspace": brightspace,
    "sakai": sakai,
    "teams": teams,
    "blackboard": blackboard,
}
PACKED = {"label": gbk_archive}  # by whom the download was packed, if not by us
# What stands in the roster of a course that uses the system, beside id and names. Moodle's numbers
# change with each assignment, so nobody writes them into a roster.
KNOWN = {
    "canvas": ("canvas_id", "sis_id", "sis_login", "email"),
    "github": ("github",),
    "label": ("sis_id",),
    "moodle": ("email", "sis_id"),
    "brightspace": ("email", "sis_id"),
    "sakai": ("email", "sis_login"),
    "teams": ("email",),
    "blackboard": ("email", "sis_login"),
}


@dataclass(frozen=True)
class Tally:
    """What became of the work of a class: ids of students, each with each piece of work once."""

    system: str
    language: str
    nasty: str
    found: list[str]
    listed: list[str]
    confused: list[str]
    lost: list[str]


def tally(system: str, language: str, nasty: str, folder: Path) -> Tally:
    """Collect a class's download in a course with a nasty roster, and look where the work is."""
    scene = NASTY[nasty](class_of(language))
    course = write_course(folder / "course")
    columns = ("id", "first_name", "last_name", "section", *KNOWN[system.split()[0]])
    known = [Person(**{c: getattr(p, c) for c in columns}) for p in scene.roster]
    open_roster(course).with_people(known).save()
    pack = PACKED.get(system.split()[0], archive)
    source = pack(folder / "download.zip", SYSTEMS[system](scene.handed_in))
    said = [line for line in collect(course, ID, source) if not line.ok]
    return counted(
        Tally(system, language, nasty, [], [], [], []), course, scene, [str(line) for line in said]
    )


def counted(counts: Tally, course: Course, scene: Nasty, said: list[str]) -> Tally:
    """Look where each piece of work is, and whose name is in a line.

    Args:
        counts: of nothing yet; it gets the ids.
        course: where the work was collected.
        scene: who handed it in.
        said: the lines of what was left out.
    """
    kept = {
        path.parent.parent.name: path.read_bytes()
        for path in course.submitted_dir.glob(f"*/{ID}/{ID}.ipynb")
    }
    owners = {work_of(p): p.id for p in scene.handed_in}
    counts.confused.extend(s for s, data in kept.items() if owners.get(data) != s)
    for person in scene.handed_in:
        names = [person.full_name, person.sortable_name, person.id, person.moodle_id]
        names += [person.canvas_id, person.sis_id, person.sis_login, person.github]
        if any(name in line for name in names for line in said):
            counts.listed.append(person.id)
        elif kept.get(person.id) == work_of(person):
            counts.found.append(person.id)
        else:
            counts.lost.append(person.id)
    return counts


def table(tallies: Sequence[Tally]) -> str:
    """The tallies as lines of a table in Markdown."""
    head = "| system | language | roster | found | listed | confused | lost |"
    rows = [head, "|---|---|---|---|---|---|---|"]
    for t in tallies:
        counts = [len(ids) for ids in (t.found, t.listed, t.confused, t.lost)]
        cells = [t.system, t.language, t.nasty, *map(str, counts)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
