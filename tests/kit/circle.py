"""The whole circle of one class: roster, download, grades, scores and pages, each to its owner.

`circle(system, nasty, graded, folder)` exports the class as the system would, makes the roster from
that file, collects the download, exports the scores for the system and gives the pages back. Then
it counts, by what the system itself calls each student: `found`, `listed` and `lost` work, work and
pages and scores with a wrong owner, and those that are back.

Grading takes longest, so it is done once: `graded_class` grades forty notebooks in real boxes, and
each circle keeps these results under the ids that its own roster has.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path

from grader.course.roster import Person, load_roster
from grader.course.roster_file import open_roster
from grader.course.settings import Course
from grader.export.export import export
from grader.export.giving.give_back import Planner, give_back, planned
from grader.export.giving.names import for_moodle
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import load_result, save_result
from grader.grading.batch import autograde
from grader.intake.collect import collect
from grader.intake.enrol import enrol
from grader.intake.submissions import find_submissions
from grader.intake.times import participants
from grader.results import SubmissionResult
from tests.kit import classes
from tests.kit.classes import NASTY, Nasty, class_of
from tests.kit.course import COURSE_YML, ID, hand_in, release_by_hand, write_course
from tests.kit.crew import CrewOfOne
from tests.kit.downloads import archive
from tests.kit.notebooks import answered
from tests.kit.sheets import Sheet, canvas_gradebook, chinese_sheet, class_list, moodle_worksheet

__all__ = ["SYSTEMS", "Circle", "Counts", "System", "circle", "graded_class", "mark_of", "table"]

Graded = Mapping[str, SubmissionResult]
DOUBLE = {4: "2 * x", 3: "2 * x if x else 1", 1: "0.0 * x", 0: "7.0"}  # by the points that it earns
SQUARE = {2: "x * x", 0: "7.0"}
PAGE = re.compile(r'<meta name="grader-page" content="tiny/([^"]+)">')
CODE = re.compile(r"# code of (hub-\d+)<")
TEAM = 4  # students


def mark_of(person: Person) -> str:
    """What tells whose work it is, whatever the systems call the person."""
    return person.github[:7]


def graded_class(folder: Path) -> dict[str, SubmissionResult]:
    """Grade forty notebooks, neighbours with different scores; results by `mark_of`."""
    course = write_course(folder)
    release = release_by_hand(course)
    for place, person in enumerate(class_of("en")):
        double, square = (*DOUBLE.values(),)[place % 4], (*SQUARE.values(),)[place // 4 % 2]
        code = f"# code of {mark_of(person)}\ndef double(x):\n    return {double}"
        work = answered(release, double=code, square=f"def square(x):\n    return {square}")
        hand_in(course, mark_of(person), work)
    assert autograde(course, ID, crew=CrewOfOne()).exit_code == 0
    found = {mark: load_result(course, ID, mark) for mark in map(mark_of, class_of("en"))}
    return {mark: result for mark, result in found.items() if result}


@dataclass(frozen=True)
class System:
    """What an instructor exports from a system, downloads from it, and puts back into it.

    Args:
        sheet: the file from which the roster comes and into which the scores go.
        download: what is in the download of those who handed in.
        gives: where the pages go, as `--for` calls it.
        language: of names, and of the file.
        pack: writes the download.
        is_team: whether four students share one hand-in, and the download has the group's name.
        is_shared: whether four students share what one of them hands in as their own.
        by_class: whether each section has a download of its own.
    """

    sheet: Sheet
    download: Callable[[Sequence[Person]], classes.Members]
    gives: tuple[str, ...]
    language: str = "en"
    pack: Callable[[Path, classes.Members], Path] = archive
    is_team: bool = False
    is_shared: bool = False
    by_class: bool = False


@dataclass
class Counts:
    """What became of the work of a class; each list has the marks of students.

    Args:
        handed_in: whose work the download had.
        found: whose work is under their own id.
        listed: whose work was left out by a line that names them.
        lost: whose work is nowhere, without a word.
        pages: who got their page by every way that the system takes.
        scores: whose score is in their row.
        confused: work, pages and scores that went to somebody else, each with a word about it.
    """

    handed_in: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)
    confused: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, int | list[str]]:
        """How many of each, and what was confused."""
        counted = {name: len(set(marks)) for name, marks in asdict(self).items()}
        return {**counted, "confused": self.confused}

    @property
    def short(self) -> str:
        """Found of those who handed in, pages and scores back; what must not be, in bold."""
        back = f"{len(self.found)}/{len(self.handed_in)} · {len(self.pages)} · {len(self.scores)}"
        wrong = len(self.confused) + len(self.lost)
        return f"{back} **{wrong} wrong**" if wrong else back


def canvas_zip(people: Sequence[Person]) -> classes.Members:
    """Canvas's download; every third was late."""
    return {
        f"{_small(p)}_{'LATE_' if n % 3 == 0 else ''}{p.canvas_id}_{90_000 + n}_{ID}.ipynb": (
            classes.work_of(p)
        )
        for n, p in enumerate(people)
    }


def moodle_teams(people: Sequence[Person]) -> classes.Members:
    """Moodle's download of a team assignment: the group's name, and the group's number."""
    return {
        f"Team {mark_of(p)}_{9000 + n}_assignsubmission_file/{ID}.ipynb": classes.work_of(p)
        for n, p in enumerate(people)
    }


def one_folder_each(people: Sequence[Person]) -> classes.Members:
    """A folder for each student, named by number and name."""
    return {
        f"第1次作业/{p.sis_id}-{p.last_name}{p.first_name}/{ID}.ipynb": classes.work_of(p)
        for p in people
    }


def one_zip_each(people: Sequence[Person]) -> classes.Members:
    """A zip for each student, with the name as it is written in Chinese."""
    there = classes.label_zips(people)
    names = [f"作业/{p.sis_id}-{p.last_name}{p.first_name}.zip" for p in people]
    return dict(zip(names, there.values(), strict=True))


def _list(**columns: str) -> Sheet:
    names = {"first_name": "First Name", "last_name": "Last Name"}
    return class_list(**names, **columns, email="Email")


def _moodle(language: str) -> System:
    return System(moodle_worksheet(language), classes.moodle, ("moodle", "zip"), language)


GBK, CHINESE = classes.gbk_archive, chinese_sheet()
SYSTEMS = {
    "Canvas, zip": System(canvas_gradebook(), canvas_zip, ("canvas", "zip")),
    **{f"Moodle, {language}": _moodle(language) for language in classes.LANGUAGES},
    "Moodle, teams": System(moodle_worksheet("en"), moodle_teams, ("moodle",), is_team=True),
    "学习通, zip of a class": System(CHINESE, one_folder_each, ("zip",), "zh", GBK, by_class=True),
    "学习通, zip of each student": System(CHINESE, one_zip_each, ("zip",), "zh", GBK),
    "GitHub, gh teacher": System(
        _list(github="GitHub username"), classes.github_teacher, ("mail",)
    ),
    "groups.csv": System(canvas_gradebook(), canvas_zip, ("zip",), is_shared=True),
    "Blackboard": System(_list(sis_login="Username"), classes.blackboard, ("mail",)),
    "Brightspace": System(_list(sis_id="OrgDefinedId"), classes.brightspace, ("mail",)),
    "Sakai": System(_list(sis_login="Login"), classes.sakai, ("mail",)),
    "Teams": System(_list(sis_id="Student number"), classes.teams, ("mail",)),
}


class Circle:
    """One class on its way through one system.

    Args:
        system: the system.
        scene: roster and those who hand in.
        graded: results by `mark_of`.
        folder: where course and files are written.
    """

    def __init__(self, system: System, scene: Nasty, graded: Graded, folder: Path) -> None:
        self.system, self.scene, self.graded, self.folder = system, scene, graded, folder
        write_course(folder / "course")
        settings = "time_zone: UTC\ncontact: Ada Abara, ada@example.edu\n"
        (folder / "course" / "course.yml").write_text(COURSE_YML + settings, encoding="utf-8")
        self.course = Course.load(folder / "course")
        self.release = release_by_hand(self.course)
        self.counts = Counts()
        self.ids: dict[str, str] = {}
        self.handing = self._handing()
        marks = {p.id: mark_of(p) for p in scene.handed_in}
        self.marks = {p.id: marks.get(p.id, mark_of(p)) for p in scene.roster}

    @property
    def is_grouped(self) -> bool:
        """Whether four students share one hand-in."""
        return self.system.is_team or self.system.is_shared

    @property
    def owners(self) -> dict[str, str]:
        """Whose id of the course is whose."""
        return {student: mark for mark, student in self.ids.items()}

    def _handing(self) -> list[Person]:
        """Who hands in: of a group, one for all."""
        if not self.is_grouped:
            return self.scene.handed_in
        first: dict[int, Person] = {}
        for person in self.scene.handed_in:
            first.setdefault(_team(mark_of(person)), person)
        return list(first.values())

    def sheet(self, people: Sequence[Person]) -> Path:
        """The file that the system exports."""
        path = self.folder / self.system.sheet.name
        path.write_bytes(self.system.sheet.write(people))
        return path

    def everyone(self) -> list[Person]:
        """Who is in the course by the system: also those who hand nothing in."""
        marks = {mark_of(p) for p in self.scene.handed_in}
        rest = [p for p in class_of(self.system.language) if mark_of(p) not in marks]
        known = [p for p in self.scene.roster if p.github and mark_of(p) in map(mark_of, rest)]
        return [*self.scene.handed_in, *known]

    def enrol(self) -> None:
        """Make the roster from the export; if that is refused, the instructor writes it."""
        file = self.sheet(self.scene.roster)
        _, roster = enrol(self.course, self.system.sheet.system, file)
        if roster is None:
            roster = open_roster(self.course).with_people(self.scene.roster)
        roster.save()
        self.enrolled()

    def enrolled(self) -> None:
        """Read which id each student has by the new roster, and write the groups."""
        people = load_roster(self.course)
        assert people is not None and len(people.people) == len(self.scene.roster)
        pairs = zip(people, self.scene.roster, strict=True)  # new students come in their order
        self.ids = {self.marks[theirs.id]: ours.id for ours, theirs in pairs}
        if self.is_grouped:
            self._write_groups()

    def _write_groups(self) -> None:
        name = {_team(mark_of(p)): f"Team {mark_of(p)}" for p in self.handing}
        rows = [f"{name[_team(m)]},{s}" for m, s in self.ids.items() if _team(m) in name]
        self.course.groups_path.write_text("\n".join(["group,student", *rows, ""]))

    def collect(self) -> None:
        """Collect the download, and look where each piece of work is."""
        system, said = self.system, []
        times = self.sheet(self.everyone()) if system.sheet.system == "moodle" else None
        for part in ("A", "B") if system.by_class else ("",):
            theirs = [p for p in self.handing if part in ("", p.section)]
            source = system.pack(self.folder / f"download{part}.zip", system.download(theirs))
            lines = collect(self.course, ID, source, times=times) if theirs else ()
            said += [str(line) for line in lines if not line.ok]
        self.counted(said)

    def counted(self, said: Sequence[str]) -> None:
        """Count whose work is where.

        Args:
            said: the lines of what was left out.
        """
        paths = self.course.submitted_dir.glob(f"*/{ID}/{ID}.ipynb")
        kept = {path.parent.parent.name: path.read_bytes() for path in paths}
        owners = {classes.work_of(p): mark_of(p) for p in self.handing}
        for student, work in kept.items():
            if not self._may_see(owners[work], student):
                self.counts.confused.append(f"the work of {owners[work]} is under {student}")
        for person in self.handing:
            mark = mark_of(person)
            names = [person.full_name, f"{person.last_name}{person.first_name}", person.moodle_id]
            names += [person.canvas_id, person.sis_id, person.github, person.sis_login, mark]
            self.counts.handed_in.append(mark)
            if any(name in line for name in names for line in said):
                self.counts.listed.append(mark)
            elif classes.work_of(person) in kept.values():
                self.counts.found.append(mark)
            else:
                self.counts.lost.append(mark)

    def grade(self) -> None:
        """Keep the result of whose work it is under each id that hands it in."""
        owners = {classes.work_of(p): mark_of(p) for p in self.handing}
        with CourseGradebook(self.course) as book:
            book.register(self.release, self.course.assignment(ID))
            kept = [
                replace(self.graded[owners[s.path.read_bytes()]], student=s.student)
                for s in find_submissions(self.course, ID)
            ]
            book.store_all((save_result(self.course, result), None) for result in kept)

    def export(self) -> None:
        """Export the scores, and look for each in its owner's row."""
        sheet = self.system.sheet
        into = self.sheet(self.everyone()) if sheet.is_filled else None
        file = export(self.course, (ID,), sheet.form, into).files[""]
        rows = {sheet.called(p): mark_of(p) for p in self.everyone()}
        rows = rows if sheet.is_filled else self.owners
        for name, told in sheet.scores(file).items():
            self.scored(rows[name], float(told))

    def scored(self, mark: str, score: float) -> None:
        """Count a score that is in the row of a student."""
        source = {_team(mark_of(p)): mark_of(p) for p in self.handing} if self.is_grouped else {}
        expected = self.graded[source.get(_team(mark), mark)].score
        if score == expected:
            self.counts.scores.append(mark)
        else:
            self.counts.confused.append(f"{mark} has the score {score:g} instead of {expected}")

    def give_back(self) -> None:
        """Give the pages back each way, and look whom the system takes each for."""
        reached: list[set[str]] = []
        for kind in self.system.gives if self.counts.found else ():
            output = self.folder / f"pages.{kind}"
            giving = planned(self.course, self.course.assignment(ID), kind, self._planner(kind))
            if give_back(giving, output).pages:
                reached.append({self.got(*pair) for pair in self._recipients(kind, output)})
        self.counts.pages = sorted(set.intersection(*reached)) if reached else []

    def _planner(self, kind: str) -> Planner | None:
        """Of a team's work, the download does not have the students' numbers; a worksheet has."""
        if kind != "moodle" or not self.system.is_team:
            return None
        roster = load_roster(self.course)
        assert roster is not None
        return partial(for_moodle, numbers=participants(self.sheet(self.everyone()), roster))

    def _recipients(self, kind: str, output: Path) -> Iterator[tuple[str, str]]:
        """Each page that went out, and the mark of whom the system takes it for."""
        by = {"canvas": "canvas_id", "moodle": "moodle_id", "mail": "email"}.get(kind)
        known = {getattr(p, by): mark_of(p) for p in self.everyone()} if by else self.owners
        for name, page in _letters(output) if kind == "mail" else _pages(output):
            numbers = [part for part in name.split("_") if part.isdecimal()]
            told = {"mail": name, "zip": name.partition("-")[0]}
            yield known[told[kind] if kind in told else numbers[0]], page

    def got(self, mark: str, page: str) -> str:
        """Count a page that a student got."""
        student, code = (found[1] if (found := p.search(page)) else "" for p in (PAGE, CODE))
        if self.owners.get(student) != mark or not self._may_see(code, student):
            self.counts.confused.append(f"{mark} got the page of {student}, with work of {code}")
        return mark

    def _may_see(self, mark: str, student: str) -> bool:
        """Whether a student wrote the work of that mark, alone or in a group."""
        own = self.owners[student]
        return own == mark or (self.is_grouped and _team(own) == _team(mark))


def circle(system: System, nasty: str, graded: Graded, folder: Path) -> Counts:
    """Go round once, by files.

    Args:
        system: one of `SYSTEMS`.
        nasty: the name of a roster.
        graded: what `graded_class` returned.
        folder: where course and files are written; it must be there.
    """
    going = Circle(system, NASTY[nasty](class_of(system.language)), graded, folder)
    going.enrol()
    going.collect()
    going.grade()
    going.export()
    going.give_back()
    return going.counts


def table(rounds: Mapping[tuple[str, str], Counts]) -> str:
    """The counts as a table in Markdown, with a row for each system and a column for each roster.

    A cell says how many of those who handed in were found, and how many pages and scores came
    back to their owners.

    Args:
        rounds: the counts by system and roster.
    """
    rosters = list(dict.fromkeys(nasty for _, nasty in rounds))
    lines = [["system", *rosters], ["---"] * (len(rosters) + 1)]
    for system in dict.fromkeys(system for system, _ in rounds):
        lines.append([system, *(rounds[system, nasty].short for nasty in rosters)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _small(person: Person) -> str:
    """A name as Canvas writes it into names of files."""
    return "".join(letter for letter in person.sortable_name.lower() if letter.isalnum())


def _team(mark: str) -> int:
    return (int(mark[4:]) - 1) // TEAM


def _pages(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as file:
        yield from ((name, file.read(name).decode()) for name in file.namelist())


def _letters(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        message = message_from_bytes(path.read_bytes(), policy=default)
        (page,) = message.iter_attachments()
        yield message["To"].addresses[0].addr_spec, page.get_content()
