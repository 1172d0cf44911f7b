"""course.yml → `Course`: what is graded, for how many points, under which limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone, tzinfo
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from grader.course.clock import at, summer_zone, zone_named
from grader.course.moments import read_moment
from grader.course.openid import OpenId
from grader.course.paths import CoursePaths
from grader.course.problems import first_problem
from grader.course.rubric import MAX_ITEMS, RubricItem, problem_of
from grader.course.yaml_file import read_yaml
from grader.errors import CourseError, UsageError

__all__ = [
    "COURSE_FILE",
    "Assignment",
    "Course",
    "Desk",
    "LatePolicy",
    "Limits",
    "Mail",
    "Question",
    "Shown",
]

RENAMING = ".renaming"  # in the course folder, while a student gets another id
SQLITE, POSTGRESQL = "sqlite:///", "postgresql://"
COURSE_FILE = "course.yml"
NOT_HERE = (
    "a token must not be here, where all read it who get the course; remove it, have a new one "
    "made, and set CANVAS_API_TOKEN to it, or GRADER_OPENID_SECRET if it is the desk's"
)
ONE_LINE = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
PAGE_NAME = re.compile(
    r"([^{}]|\{(id|name|first_name|last_name|section|assignment)\})*\{id\}"
    r"([^{}]|\{(id|name|first_name|last_name|section|assignment)\})*"
)
Shown = Literal["none", "score", "checks", "hints", "full"]  # each shows more than the one before
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class _Model(BaseModel):
    # Workers unpickle models and check none, so what checks them is built with the first course.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Question(_Model):
    """One question of an assignment.

    Args:
        points: what it is worth.
        manual: whether a human grades it, at the desk or in formgrader.
        follow_through: whether work that is consistent with the student's own earlier, mistaken
            result keeps its points.
        rubric: what a written answer gets points for; empty if there is none.
    """

    points: float = Field(gt=0, le=1000, examples=["forward: 6"])
    manual: bool = False
    follow_through: bool = True
    rubric: tuple[RubricItem, ...] = Field(default=(), max_length=MAX_ITEMS)

    @model_validator(mode="after")
    def _rubric_fits(self) -> Question:
        if problem := problem_of(self.rubric, self.points, is_manual=self.manual):
            raise ValueError(problem)
        return self


class Limits(_Model):
    """What one submission may use. Sizes in MiB, times in seconds of processor time.

    Args:
        cell_timeout_s: for one notebook cell.
        call_timeout_s: for one call of a student's function by a hidden test.
        submission_timeout_s: for everything that one submission runs.
        memory_mib: memory of all its processes together.
        output_mib: text and images that its cells may print, and the largest value of a call.
        processes: processes and threads it may have at once.
    """

    cell_timeout_s: float = Field(default=20, gt=0, le=3600)
    call_timeout_s: float = Field(default=5, gt=0, le=3600)
    submission_timeout_s: float = Field(default=120, gt=0, le=86400)
    memory_mib: int = Field(default=1024, ge=256, le=1 << 20)
    output_mib: int = Field(default=8, ge=1, le=512)
    processes: int = Field(default=32, ge=8, le=4096)


class LatePolicy(_Model):
    """What late work costs.

    Args:
        grace_minutes: lateness that costs nothing.
        penalty_per_day: share of the score lost for each day that has begun after that.
        max_penalty: the largest share that can be lost.
        floor: share of the assignment's points; lateness never takes a score below it.
        late_days: days that each student may be late over the whole course at no cost.
    """

    grace_minutes: int = Field(default=0, ge=0)
    penalty_per_day: float = Field(default=0.0, ge=0, le=1)
    max_penalty: float = Field(default=1.0, ge=0, le=1)
    floor: float = Field(default=0.0, ge=0, le=1)
    late_days: int = Field(default=0, ge=0, le=1000)


class Mail(_Model):
    """How feedback pages are mailed.

    Args:
        sender: address of the sender, with or without a name; without it, the one in `contact`.
        server: name of the SMTP server.
        port: its port.
        security: `starttls`, `tls` from the first byte, or `none`, which only a server on this
            machine may have.
        user: account there; None if it asks for none. The password is never in course.yml.
        per_minute: most letters in a minute.
    """

    sender: str | None = Field(
        default=None,
        max_length=200,
        pattern=ONE_LINE,
        examples=["mail: {sender: 'Ada Abara <ada@example.edu>'}"],
    )
    server: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.:-]{1,253}$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = Field(default=None, max_length=200, pattern=ONE_LINE)
    per_minute: int = Field(default=60, ge=1, le=100_000)


class Desk(_Model):
    """Where students hand in on a page.

    Args:
        address: how their browsers reach it, without a path; links begin with it. An address with
            https says that a proxy in front speaks TLS.
        database: URL of the desk's own database; a relative SQLite path is taken from the course
            folder.
        grades_first_above: with more attempts than that in the queue, figures are drawn after all
            scores are there, as with `figures: later`.
        openid: the university's sign-in; None if there is none.
        personal_links: whether personal links work, for browsers and for programs.
    """

    address: str = Field(
        default="http://127.0.0.1:8000",
        max_length=300,
        pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$",
        examples=["desk: {address: 'https://desk.example.edu'}"],
    )
    database: str = Field(
        default="sqlite:///desk.db",
        pattern=r"^(sqlite:///|postgresql(\+[a-z0-9]+)?://).+",
        examples=["desk: {database: 'sqlite:///desk.db'}"],
    )
    grades_first_above: int = Field(
        default=10, ge=0, le=1_000_000, examples=["desk: {grades_first_above: 10}"]
    )
    openid: OpenId | None = None
    personal_links: bool = True

    @model_validator(mode="after")
    def _has_a_way_in(self) -> Desk:
        if not (self.personal_links or self.openid):
            raise ValueError("without personal_links nobody gets in; add openid")
        return self


class Assignment(_Model):
    """One assignment of the course.

    Args:
        id: its name in commands, and of its folders under solutions/ and assignments/.
        title: its name for people.
        due: date and time with a time zone, or in the course's, if it names one; None if there is
            no deadline.
        lms_name: the title in the LMS's gradebook, if it is not `title`.
        feedback_before_due: what a student reads at the desk before their own deadline: nothing,
            the score, also the checks that failed, also hints, or everything.
        attempts_per_day: how often a student may hand in at the desk on one day of the calendar;
            None if there is no such limit.
        cooldown_minutes: how long a student waits at the desk between two attempts.
        questions: the questions by name, in the order of feedback; in course.yml, a number
            alone gives a question's points.
    """

    id: Identifier = Field(examples=["id: two_layer_net"])
    title: str = Field(min_length=1, max_length=200, examples=["title: A two-layer network"])
    due: AwareDatetime | None = Field(default=None, examples=["due: 2026-10-05T23:59:00+02:00"])
    lms_name: str | None = Field(
        default=None, min_length=1, max_length=300, examples=["lms_name: Homework 2"]
    )
    feedback_before_due: Shown = Field(default="hints", examples=["feedback_before_due: hints"])
    attempts_per_day: int | None = Field(
        default=None, ge=1, le=1000, examples=["attempts_per_day: 10"]
    )
    cooldown_minutes: float = Field(default=0, ge=0, le=10_080, examples=["cooldown_minutes: 5"])
    questions: dict[Identifier, Question] = Field(
        min_length=1, examples=["questions: {forward: 6, explain: {points: 6, manual: true}}"]
    )

    @field_validator("due", mode="before")
    @classmethod
    def _in_the_time_zone_of_the_course(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            with suppress(ValueError):  # what cannot be read is refused later, with an example
                return read_moment(value, info.context)
        elif isinstance(value, datetime) and value.tzinfo is None and info.context:
            return at(value, info.context)
        return value

    @field_validator("questions", mode="before")
    @classmethod
    def _plain_points(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: spec if isinstance(spec, dict) else {"points": spec}
            for name, spec in value.items()
        }

    @property
    def max_score(self) -> float:
        """Points of all questions, those graded by hand included."""
        return float(sum(question.points for question in self.questions.values()))


class Course(_Model, CoursePaths):
    """A validated course.yml, and the paths in its folder.

    Args:
        name: the course's title.
        seed: what all random inputs of hidden tests are drawn from.
        time_zone: name of the time zone, in the IANA database, by whose calendar days are counted.
        contact: whom students ask about their grades, as feedback pages show it.
        assignments: in the order of the course.
        limits: what one submission may use.
        figures: whether to `keep` a notebook's figures, to `skip` drawing them, or to draw them
            `later`, after the scores.
        language: the language in which students read messages, as a code such as `en`.
        gradebook: URL of nbgrader's database.
        late_policy: what late work costs.
        attempts: the attempt that counts, the `latest` or the `best`.
        roster: file name of the roster, relative to `root`.
        extensions: file name of the extensions, relative to `root`.
        groups: file name of the groups, relative to `root`.
        canvas: address of the university's Canvas; a token is never in course.yml.
        mail: how feedback pages are mailed.
        desk: where students hand in on a page.
        page_name: the name of each page's file where people pass pages on, with `{id}` in it.
        root: the folder of course.yml.
    """

    name: str = Field(min_length=1, max_length=200, examples=["name: Neural networks"])
    seed: int = Field(ge=0, examples=["seed: 2026"])
    time_zone: str = Field(default="UTC", examples=["time_zone: Europe/Berlin"])
    contact: str | None = Field(
        default=None,
        max_length=200,
        pattern=ONE_LINE,
        examples=["contact: Ada Abara, ada@example.edu"],
    )
    assignments: tuple[Assignment, ...] = Field(
        min_length=1,
        examples=[
            "assignments: [{id: backprop, title: Backpropagation, questions: {gates: 8}}]",
        ],
    )
    limits: Limits = Field(default_factory=Limits, examples=["limits: {cell_timeout_s: 20}"])
    figures: Literal["keep", "later", "skip"] = Field(default="keep", examples=["figures: later"])
    language: str = Field(
        default="en",
        pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$",
        examples=["language: en"],
    )
    gradebook: str = Field(
        default="sqlite:///gradebook.db",
        pattern=r"^[a-z0-9+]+://.+",
        examples=["gradebook: sqlite:///gradebook.db"],
    )
    late_policy: LatePolicy = Field(
        default_factory=LatePolicy, examples=["late_policy: {penalty_per_day: 0.1}"]
    )
    attempts: Literal["latest", "best"] = Field(default="latest", examples=["attempts: latest"])
    roster: str = Field(default="roster.csv", min_length=1, examples=["roster: roster.csv"])
    extensions: str = Field(
        default="extensions.csv", min_length=1, examples=["extensions: extensions.csv"]
    )
    groups: str = Field(default="groups.csv", min_length=1, examples=["groups: groups.csv"])
    canvas: str | None = Field(
        default=None, max_length=300, examples=["canvas: https://canvas.example.edu"]
    )
    mail: Mail = Field(
        default_factory=Mail, examples=["mail: {server: smtp.example.edu, user: ada}"]
    )
    desk: Desk = Field(
        default_factory=Desk, examples=["desk: {address: 'https://desk.example.edu'}"]
    )
    page_name: str = Field(
        default="{id}-{name}", max_length=200, examples=["page_name: '{id}-{name}'"]
    )
    root: Path = Field(default=Path(), exclude=True)

    @field_validator("page_name")
    @classmethod
    def _tells_students_apart(cls, value: str) -> str:
        if not PAGE_NAME.fullmatch(value):
            raise ValueError(
                "must have {id} in it; {name}, {first_name}, {last_name}, {section} and "
                "{assignment} may stand there too, and no other braces"
            )
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        try:
            zone_named(value)
        except ValueError:
            raise ValueError("must be the name of a time zone in the IANA database") from None
        return value

    @model_validator(mode="after")
    def _ids_differ(self) -> Course:
        ids = [assignment.id for assignment in self.assignments]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(f"assignment id {name!r} appears twice; ids must differ")
        return self

    @classmethod
    def load(cls, root: Path | str = ".", *, to_rename: bool = False) -> Course:
        """Read and check `root/course.yml`.

        Args:
            root: the course folder.
            to_rename: whether a renaming that was stopped is to be finished now.

        Raises:
            CourseError: the file is missing, is not YAML, or a key is wrong, or a renaming was
                stopped. The message is one line that names the file, the key and what is expected.
        """
        root = Path(root).resolve()
        path = root / COURSE_FILE
        data = read_yaml(path)
        if "root" in data:
            raise CourseError(f"{path}: root: unknown key; remove it")
        if key := _key_of_token(data):
            raise CourseError(f"{path}: {key}: {NOT_HERE}")
        try:
            course = cls.model_validate({**data, "root": root}, context=_zone_for_dates(data))
        except ValidationError as error:
            raise CourseError(f"{path}: {first_problem(error.errors(), data, EXAMPLES)}") from None
        if (root / RENAMING).exists() and not to_rename:
            text = (root / RENAMING).read_text(encoding="utf-8", errors="replace").strip()[:200]
            raise CourseError(
                f"{root / RENAMING}: a renaming was stopped ({text!r}); run the same "
                "`grader rename` again to finish it"
            )
        return course

    @property
    def zone(self) -> ZoneInfo:
        """The time zone by whose calendar days are counted."""
        return zone_named(self.time_zone)

    @property
    def zone_of_dates(self) -> ZoneInfo | None:
        """The time zone of dates that people write without one; None if course.yml names none."""
        return self.zone if "time_zone" in self.model_fields_set else None

    def zone_of(self, assignment: Assignment) -> tzinfo:
        """The time zone by whose calendar the days after an assignment's due date are counted."""
        if "time_zone" in self.model_fields_set or assignment.due is None:
            return self.zone
        return summer_zone(assignment.due)

    def shown_zone(self, assignment: Assignment) -> tzinfo:
        """The time zone in which people read times; its `str` is its name.

        Without `time_zone`, times have the offset of `due`, since it is the one that people know.
        """
        if "time_zone" in self.model_fields_set or assignment.due is None:
            return self.zone
        return timezone(assignment.due.utcoffset() or timedelta())

    def assignment(self, assignment_id: str) -> Assignment:
        """The assignment with that id.

        Raises:
            UsageError: course.yml has no such assignment.
        """
        for assignment in self.assignments:
            if assignment.id == assignment_id:
                return assignment
        known = ", ".join(assignment.id for assignment in self.assignments)
        raise UsageError(f"{assignment_id!r} is not an assignment of this course; known: {known}")

    def chosen(self, ids: tuple[str, ...]) -> Iterator[Assignment]:
        """The named assignments, or all of them when none is named.

        Raises:
            UsageError: course.yml has no such assignment.
        """
        if not ids:
            yield from self.assignments
        for assignment_id in ids:
            yield self.assignment(assignment_id)

    @property
    def gradebook_url(self) -> str:
        """The database URL; a relative SQLite path is taken from the course folder.

        Plain `postgresql://` means the driver that is installed, psycopg 3 or else psycopg2.
        """
        return self._database_url(self.gradebook)

    @property
    def desk_url(self) -> str:
        """The URL of the desk's database, read in the same way."""
        return self._database_url(self.desk.database)

    def _database_url(self, given: str) -> str:
        if given.startswith(SQLITE):
            return SQLITE + str(self.root / given.removeprefix(SQLITE))
        if given.startswith(POSTGRESQL) and find_spec("psycopg"):
            return "postgresql+psycopg://" + given.removeprefix(POSTGRESQL)
        return given


EXAMPLES: dict[str, str] = {
    name: str(field.examples[0])
    for model in (Course, Assignment, Question)
    for name, field in model.model_fields.items()
    if field.examples
}  # of lines in course.yml, by key


def _key_of_token(data: dict[str, Any]) -> str | None:
    """The key under which somebody wrote down an access token; None if nobody did."""
    for key, value in data.items():
        if re.search(r"token|password|secret", str(key), re.I):
            return str(key)
        if isinstance(value, dict) and (found := _key_of_token(value)):
            return found
    return None


def _zone_for_dates(data: dict[str, Any]) -> ZoneInfo | None:
    """The time zone of dates that name none; None if the course names none either."""
    try:
        return zone_named(str(data["time_zone"]))
    except (KeyError, ValueError):
        return None
