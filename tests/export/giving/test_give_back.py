"""Every page goes back to its owner, once, and never to anybody else."""

from __future__ import annotations

import email
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from email.policy import default
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.app import cli
from grader.course.settings import Course
from grader.errors import CourseError, UsageError
from grader.export.giving.give_back import KINDS, Given, give_back, planned
from grader.export.giving.names import for_moodle
from tests.export.giving.conftest import Made
from tests.kit.classes import NASTY
from tests.kit.course import ID
from tests.kit.sheets import moodle_worksheet

CODE = re.compile(r"# code of ([A-Za-z0-9._@-]+)<")


def give(
    course: Course,
    kind: str,
    output: Path | None,
    *,
    dry_run: bool = False,
    everything: bool = False,
) -> Given:
    giving = planned(course, course.assignment(ID), kind, everything=everything)
    return give_back(giving, output, dry_run=dry_run)


def owner(page: str) -> str:
    """Whose work a page shows, by the code on it."""
    (student,) = set(CODE.findall(page))
    return str(student)


def members(path: Path) -> dict[str, str]:
    """The pages in a zip, by name."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name).decode() for name in archive.namelist()}


def canvas_user(name: str) -> str:
    """Whom Canvas takes a file for: the first part that is a number; the second is the file."""
    user, _ = [part for part in Path(name).name.split("_") if part.isdecimal()][:2]
    return user


def moodle_participant(name: str) -> str:
    """Whom Moodle takes a file for."""
    _, number, kind, plugin, _ = name.split("_", 4)
    assert (kind, plugin) == ("assignfeedback", "file")
    return number


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nasty", "language"),
    [*((nasty, "en") for nasty in NASTY), ("as it should be", "zh")],
)
def test_every_page_reaches_its_owner_or_is_listed(
    a_class: Callable[..., Made], tmp_path: Path, nasty: str, language: str
) -> None:
    course, scene = a_class(nasty, language)
    everyone = {path.name for path in course.submitted_dir.iterdir()}
    in_canvas = {p.canvas_id: p.id for p in scene.handed_in}
    in_moodle = {p.moodle_id: p.id for p in scene.handed_in}
    address = {p.email: p.id for p in scene.roster if p.email}
    reached: dict[str, list[str]] = {}
    for kind in KINDS:
        output = tmp_path / f"{kind}.out"
        given = give(course, kind, output)
        if kind == "mail":
            for path in output.iterdir():
                message = email.message_from_bytes(path.read_bytes(), policy=default)
                (attached,) = message.iter_attachments()
                to = address[message["To"].addresses[0].addr_spec]
                assert owner(attached.get_content()) == to
                reached.setdefault(kind, []).append(to)
        else:
            for name, page in members(output).items():
                to = {
                    "canvas": lambda name: in_canvas[canvas_user(name)],
                    "moodle": lambda name: in_moodle[moodle_participant(name)],
                    "zip": lambda name: owner(page),  # noqa: B023 — called at once
                }[kind](name)
                assert owner(page) == to
                reached.setdefault(kind, []).append(to)
                assert name.endswith(".html") and "/" not in name
        got = reached[kind]
        assert len(set(got)) == len(got)
        assert set(got) | set(given.problems) == everyone
        assert given.exit_code == int(bool(given.problems))
    assert set(reached["zip"]) == everyone
    if nasty == "as it should be":
        assert all(set(got) == everyone for got in reached.values())


@pytest.mark.slow
def test_only_new_and_changed_pages_go_out_and_all_on_demand(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, _ = a_class()
    first = give(course, "zip", None, dry_run=True)
    assert set(first.pages.values()) == {"new"} and first.is_dry
    assert not (course.root / "given").exists()
    names = set(members(give(course, "zip", tmp_path / "1.zip").output or Path()))
    assert "s001-Ada Lovelace.html" in names
    nothing = give(course, "zip", tmp_path / "2.zip")
    assert (nothing.pages, nothing.output) == ({}, None)
    assert not (tmp_path / "2.zip").exists()
    text = course.roster_path.read_text().replace("Chloe,Lovelace", "Chloé,Lovelace")
    course.roster_path.write_text(text)
    assert give(course, "zip", tmp_path / "3.zip").pages == {"s003": "changed"}
    assert list(members(tmp_path / "3.zip")) == ["s003-Chloé Lovelace.html"]
    again = give(course, "zip", tmp_path / "4.zip", everything=True)
    assert (len(again.pages), set(again.pages.values())) == (40, {"again"})
    assert len(give(course, "canvas", tmp_path / "5.zip").pages) == 40  # each system by itself


@pytest.mark.slow
def test_nothing_is_replaced_and_what_cannot_be_written_is_not_remembered(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, _ = a_class()
    there = tmp_path / "there.zip"
    there.write_text("of last week")
    with pytest.raises(UsageError, match="there already"):
        give(course, "zip", there)
    assert there.read_text() == "of last week"
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        give(course, "mail", tmp_path / "file" / "letters")
    for kind in ("zip", "mail"):
        assert len(give(course, kind, None, dry_run=True).pages) == 40
    before = os.umask(0)
    try:
        written = [give(course, kind, tmp_path / "out" / kind).output for kind in ("zip", "mail")]
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o007 for path in written if path] == [0, 0]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mail", "zip"]


@pytest.mark.slow
def test_a_page_of_another_student_is_never_given(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    """By links, second names, and whole folders that stand in for others."""
    course, _ = a_class()
    give(course, "zip", tmp_path / "1.zip")

    def page(student: str) -> Path:
        return course.feedback_dir / student / ID / f"{ID}.html"

    shutil.rmtree(course.feedback_dir / "s002")
    (course.feedback_dir / "s002").symlink_to(course.feedback_dir / "s001")
    shutil.rmtree(page("s004").parent)
    page("s004").parent.symlink_to(page("s003").parent)
    copied = page("s005").read_bytes()  # a page edited by hand is written anew
    page("s006").write_bytes(copied)
    page("s007").unlink()
    os.link(page("s008"), page("s007"))
    for kind in KINDS:
        given = give(course, kind, tmp_path / f"{kind}.out", everything=True)
        assert "s002" in given.problems and "s004" in given.problems
        assert "a link; remove it" in given.problems["s002"]
    for name, content in members(tmp_path / "zip.out").items():
        assert name.startswith(f"{owner(content)}-")
    assert "s006" in give(course, "zip", None, dry_run=True, everything=True).pages


@pytest.mark.slow
def test_students_of_one_name_are_told_apart_and_names_are_safe(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, _ = a_class()
    text = course.roster_path.read_text()
    text = text.replace("Ada,Lovelace", "../../A\u200fda:,con").replace("Ben,Love", "ADA,Love")
    text = text.replace("Chloe,Love", "ada,Love").replace("Dan,Lovelace", ",")
    course.roster_path.write_text(text)
    path = course.root / "course.yml"
    path.write_text(path.read_text() + 'page_name: "{name} {id}"\n')
    names = members(give(Course.load(course.root), "zip", tmp_path / "1.zip").output or Path())
    assert all(not set(name) & set('/\\:*?"<>|') and "\u200f" not in name for name in names)
    assert "s004.html" in names
    path.write_text(path.read_text().replace("{name} {id}", "{section}{id}"))
    assert (
        "Bs001.html"
        in give(Course.load(course.root), "zip", None, dry_run=True, everything=True).names.values()
    )


@pytest.mark.parametrize(
    "template", ["{name}", "{id", "{id!r}", "{id.x}", "{0}{id}", "{id:>999999999}", "{id}{email}"]
)
def test_a_template_that_cannot_be_filled_in_is_refused(tmp_path: Path, template: str) -> None:
    text = "name: c\nseed: 1\nassignments: [{id: net, title: t, questions: {forward: 2}}]\n"
    (tmp_path / "course.yml").write_text(f"{text}page_name: '{template}'\n")
    with pytest.raises(CourseError, match=r"page_name: must have \{id\} in it"):
        Course.load(tmp_path)


@pytest.mark.slow
def test_who_handed_in_and_is_not_graded_is_listed(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, _ = a_class()
    course.result_path(ID, "s009").unlink()
    given = give(course, "zip", tmp_path / "1.zip")
    assert given.problems == {"s009": f"not graded yet; run `grader autograde {ID}`"}
    assert given.exit_code == 1


@pytest.mark.slow
def test_a_group_gets_a_page_for_each_member_under_their_own_name(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, _ = a_class()
    rows = [f"Team {n // 4},s{n + 1:03}" for n in range(40)]
    course.groups_path.write_text("\n".join(["group,student", *rows, ""]))
    for kind, place in (("moodle", moodle_participant), ("zip", lambda name: name[:4])):
        pages = members(give(course, kind, tmp_path / f"{kind}.zip").output or Path())
        assert len(pages) == 40
        for name, page in pages.items():
            assert place(name).removeprefix("700") == owner(page).removeprefix("s") or (
                place(name) == owner(page)
            )


@pytest.mark.slow
def test_the_command_lists_writes_and_says_who_gets_none(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, _ = a_class()
    course.roster_path.write_text(
        course.roster_path.read_text().replace("mail005@example.org", "nobody")
    )

    def run(*words: str) -> tuple[int, str]:
        words = ("give-back", ID, *words, "--course", str(course.root), "--workers", "1")
        done = CliRunner().invoke(cli, words)
        return done.exit_code, done.output

    assert run("--for", "zip")[0] == 2
    assert run("--for", "zip", "--smtp")[0] == 2
    code, said = run("--for", "zip", "--dry-run")
    assert (code, said.count(": new, s0")) == (0, 40)
    letters = tmp_path / "letters"
    code, said = run("--for", "mail", "--output", str(letters))
    assert (code, len(list(letters.iterdir()))) == (1, 39)
    assert "s005: not given: 'nobody' is no address; correct the roster" in said


@pytest.mark.slow
def test_a_worksheet_has_the_numbers_of_a_teams_members(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, scene = a_class()
    rows = [f"Team {n // 4},s{n + 1:03}" for n in range(40)]
    course.groups_path.write_text("\n".join(["group,student", *rows, ""]))
    course.roster_path.write_text(course.roster_path.read_text().replace(",7000", ",nobody"))
    worksheet = tmp_path / "worksheet.csv"
    worksheet.write_bytes(moodle_worksheet("zh").write(scene.handed_in))
    output = tmp_path / "pages.zip"
    words = ["give-back", ID, "--course", str(course.root), "--workers", "1", "--output"]
    words += [str(output), "--for", "moodle", "--worksheet", str(worksheet)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    owners = {p.moodle_id: p.id for p in scene.handed_in}
    got = {owners[moodle_participant(name)]: page for name, page in members(output).items()}
    assert len(got) == 40
    assert all(f'content="{ID}/{student}"' in page for student, page in got.items())


def test_a_worksheet_of_another_assignment_sends_no_page_astray(
    a_class: Callable[..., Made], tmp_path: Path
) -> None:
    course, scene = a_class()
    turned = [*scene.handed_in[1:], scene.handed_in[0]]
    numbers = {p.id: q.moodle_id for p, q in zip(scene.handed_in, turned, strict=True)}
    planner = partial(for_moodle, numbers=numbers)
    plan = planned(course, course.assignment(ID), "moodle", planner).plan
    assert plan.parcels == () and len(plan.problems) == 40
    assert "handed in as participant 700001, but the worksheet has 700002" in plan.problems["s001"]


def test_a_worksheet_is_for_moodle_only(tmp_path: Path) -> None:
    (tmp_path / "worksheet.csv").write_text("")
    words = ["give-back", ID, "--for", "zip", "--dry-run", "--worksheet"]
    done = CliRunner().invoke(cli, [*words, str(tmp_path / "worksheet.csv")])
    assert done.exit_code == 2


def test_what_is_held_back_goes_to_nobody(a_class: Callable[..., Made], tmp_path: Path) -> None:
    course, _ = a_class()
    (course.root / "held.csv").write_text(f"student,assignment\ns009,{ID}\n", encoding="utf-8")
    given = give(course, "zip", tmp_path / "1.zip")
    assert given.problems == {"s009": "held back by a teacher; let it go at the desk"}
    assert not any("s009" in name for name in members(tmp_path / "1.zip"))
