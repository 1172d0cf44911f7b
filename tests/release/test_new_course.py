"""A new course is whole or not there, shares nothing with another, and builds at once."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from grader.course.roster import load_roster
from grader.course.sample import sample_course
from grader.course.settings import Course
from grader.errors import UsageError
from grader.release.build import build
from grader.release.new_course import course_like, course_with, is_vacant, new_course
from tests.kit.course import COURSE_YML, ID, write_course
from tests.kit.files import ROOT, contents

SPRING = date(2027, 4, 12)


def test_a_new_course_has_the_assignments_of_the_kit_and_a_seed_of_its_own(tmp_path: Path) -> None:
    first, second = (new_course(tmp_path / name).course for name in ("a", "b"))
    kit = Course.load(ROOT)
    assert [a.questions for a in first.assignments] == [a.questions for a in kit.assignments]
    assert [a.due for a in first.assignments] == [None, None, None]
    assert len({first.seed, second.seed, kit.seed}) == 3
    assert sample_course() == ROOT


@pytest.mark.slow
def test_a_proof_that_came_along_holds_in_a_new_course(tmp_path: Path) -> None:
    course = new_course(tmp_path / "ours", ["backprop"]).course
    kept = contents(course.solution_dir("backprop"))
    build(course, "backprop")
    build(course, "backprop", check=True)
    assert contents(course.solution_dir("backprop")) == kept


def test_only_the_chosen_assignments_come_and_dates_keep_their_distance(tmp_path: Path) -> None:
    course = new_course(tmp_path / "ours", ["two_layer_net", "backprop"], "Nets", SPRING).course
    assert course.name == "Nets"
    assert [(a.id, f"{a.due:%m-%d %H:%M}") for a in course.assignments] == [
        ("backprop", "04-12 23:59"),
        ("two_layer_net", "04-26 23:59"),
    ]
    assert sorted(path.name for path in (course.root / "solutions").iterdir()) == [
        "backprop",
        "two_layer_net",
    ]


def test_the_roster_of_a_new_course_says_nothing_yet(tmp_path: Path) -> None:
    course = new_course(tmp_path / "ours", ["layers"]).course
    assert course.roster_path.read_text().startswith("id,first_name,last_name,")
    assert load_roster(course) is None


def test_what_students_own_is_kept_out_of_version_control(tmp_path: Path) -> None:
    course = new_course(tmp_path / "ours", ["layers"]).course
    ignored = (course.root / ".gitignore").read_text().splitlines()
    private = (course.roster, course.extensions, course.groups)
    assert {f"/{name}" for name in private} <= set(ignored)
    assert {"/submitted/", "/attempts/", "/results/", "/feedback/", "/gradebook.db*"} <= set(
        ignored
    )


def test_a_folder_with_other_files_becomes_a_course(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Ours")
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    (tmp_path / "roster.csv").write_text("id\nada\n")
    course = new_course(tmp_path, ["layers"]).course
    assert (tmp_path / ".gitignore").read_text().startswith("*.tmp\n\n# Who takes")
    assert [person.id for person in load_roster(course) or ()] == ["ada"]
    assert not list(tmp_path.glob(".new-course-*"))


@pytest.mark.parametrize(
    ("taken", "words"),
    [("course.yml", "holds a course already"), ("solutions/x", "solutions: exists")],
)
def test_a_folder_with_a_course_is_left_alone(tmp_path: Path, taken: str, words: str) -> None:
    path = tmp_path / taken
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(UsageError, match=words):
        new_course(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("ids", "name"), [(["nope"], "Nets"), (["layers"], " "), (["layers"], "two\nlines")]
)
def test_a_wrong_use_writes_nothing(tmp_path: Path, ids: list[str], name: str) -> None:
    with pytest.raises(UsageError):
        new_course(tmp_path / "ours", ids, name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "ours").write_text("")
    with pytest.raises(UsageError, match="ours: is no folder; name another one"):
        new_course(tmp_path / "ours")
    with pytest.raises(UsageError, match=r"ours/nets: cannot be made .*; name another folder"):
        new_course(tmp_path / "ours" / "nets")


def test_a_command_that_is_interrupted_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    real = os.rename
    steps: list[str] = []

    def rename(self: Path, target: Path) -> Path:
        steps.append(self.name)
        if self.name == "course.yml" and len(steps) > 3:
            raise KeyboardInterrupt
        real(self, target)
        return target

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(KeyboardInterrupt):
        new_course(tmp_path, ["layers"])
    assert contents(tmp_path) == {".gitignore": b"*.tmp\n"}


@pytest.mark.slow
def test_the_first_assignment_of_ones_own_makes_the_course(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert is_vacant(tmp_path)
    course = course_with(tmp_path, "convolution").course
    assert [assignment.id for assignment in course.assignments] == ["convolution"]
    assert not is_vacant(tmp_path)
    assert build(course, "convolution").proof.rows


@pytest.fixture
def old(tmp_path: Path) -> Course:
    """A course that has been held, with students, grades and things of the instructor's own."""
    course = write_course(tmp_path / "old")
    for name in ("submitted", "attempts", "results", "feedback"):
        (course.root / name).mkdir()
        (course.root / name / "ada").write_text("Ada's")
    for name in ("roster.csv", "extensions.csv", "groups.csv", "gradebook.db", "grades.csv"):
        (course.root / name).write_text("Ada's")
    (course.solution_dir(ID) / "messages.yml").write_text("de: {}\n")
    (course.root / "nbgrader_config.py").write_text("# edited\n")
    return course


def test_the_next_course_has_the_rules_and_texts_of_the_one_before(
    old: Course, tmp_path: Path
) -> None:
    course = course_like(tmp_path / "next", old.root, first_due=SPRING).course
    assert (course.late_policy, course.limits, course.name) == (
        old.late_policy,
        old.limits,
        old.name,
    )
    assert contents(course.solution_dir(ID)) == contents(old.solution_dir(ID))
    assert (course.root / "nbgrader_config.py").read_text() == "# edited\n"
    assert f"{course.assignment(ID).due:%Y-%m-%d %H:%M %z}" == "2027-04-12 12:00 +0000"
    assert course.seed != old.seed


def test_no_student_of_the_course_before_is_in_the_next_one(old: Course, tmp_path: Path) -> None:
    made = course_like(tmp_path / "next", old.root)
    assert b"Ada" not in b"".join(contents(made.course.root).values())
    assert {"submitted", "attempts", "gradebook.db", "groups.csv"} <= set(made.left)


def test_what_is_no_file_of_the_solutions_stays_behind_and_is_named(
    old: Course, tmp_path: Path
) -> None:
    """A link to elsewhere would bring a secret, or be broken in the next course."""
    (assignment, *_) = old.assignments
    folder = old.solution_dir(assignment.id)
    (old.root / "solutions" / "shared.py").write_text("shared = 1\n")
    (folder / "helper2.py").symlink_to("../shared.py")
    (folder / "people.csv").symlink_to(old.roster_path)
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "around").symlink_to("..")
    (folder / "dangling").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    made = course_like(tmp_path / "next", old.root, [assignment.id])
    copied = made.course.solution_dir(assignment.id)
    assert (copied / "helper2.py").read_text() == "shared = 1\n"
    assert not (copied / "helper2.py").is_symlink()
    gone = ("around", "dangling", "passwd", "people.csv", "pipe")
    assert not any(os.path.lexists(copied / name) for name in gone)
    assert set(made.left) >= {f"solutions/{assignment.id}/{name}" for name in gone}


def test_without_a_first_date_due_dates_become_comments(old: Course, tmp_path: Path) -> None:
    course = course_like(tmp_path / "next", old.root).course
    text = (course.root / "course.yml").read_text()
    assert "    # due: 2026-01-10T12:00:00+00:00  # set the date, and remove the #" in text
    assert course.assignment(ID).due is None
    assert text.splitlines()[2:4] == COURSE_YML.splitlines()[2:4]


def test_courses_share_no_database_and_no_file_outside_their_folders(
    old: Course, tmp_path: Path
) -> None:
    with (old.root / "course.yml").open("a") as file:
        file.write("gradebook: postgresql://grader@localhost/course\nroster: ../people.csv\n")
        file.write("extensions: late.csv\n")
        file.write(
            "desk:\n  database: postgresql://grader@localhost/desk  # with the nets course\n"
        )
    made = course_like(tmp_path / "next", old.root)
    assert (made.course.gradebook, made.course.roster) == ("sqlite:///gradebook.db", "roster.csv")
    assert made.course.desk.database == "sqlite:///desk.db"
    assert made.replaced == (
        "gradebook: sqlite:///gradebook.db",
        "desk.database: sqlite:///desk.db",
        "roster: roster.csv",
    )
    assert (made.course.root / "late.csv").is_file()


TWO = """\
# ours
name: "Kurs: Netze"
seed: 7
assignments:
  # the first
  - {id: tiny, title: Tiny, due: 2026-01-10T12:00:00Z, questions: {double: 4}}
  - id: other
    due: "2026-01-17 23:59 CET"  # a week later
    title: Other
    questions: {double: 4}
# what it may use
limits: {cell_timeout_s: 10}
"""


@pytest.mark.parametrize(
    ("ids", "gone", "kept"),
    [
        (["tiny"], "id: other", "- {id: tiny, title: Tiny, due: 2027-04-12T12:00:00Z,"),
        (["other"], "id: tiny", 'due: "2027-04-12 23:59 CET"  # a week later'),
        ([], "2026", 'due: "2027-04-19 23:59 CET"  # a week later'),
    ],
)
def test_comments_and_layout_of_course_yml_stay(
    old: Course, tmp_path: Path, ids: list[str], gone: str, kept: str
) -> None:
    (old.root / "course.yml").write_text(TWO)
    (old.root / "solutions" / "other").mkdir()
    course = course_like(tmp_path / "next", old.root, ids, first_due=SPRING).course
    text = (course.root / "course.yml").read_text()
    assert gone not in text
    assert kept in text
    assert text.endswith("# what it may use\nlimits: {cell_timeout_s: 10}\n")
    assert text.startswith('# ours\nname: "Kurs: Netze"\n')


def test_a_date_that_cannot_become_a_comment_is_not_torn_apart(old: Course, tmp_path: Path) -> None:
    (old.root / "course.yml").write_text(TWO)
    (old.root / "solutions" / "other").mkdir()
    with pytest.raises(UsageError, match="give --first-due"):
        course_like(tmp_path / "next", old.root)
    assert not (tmp_path / "next").exists()
