"""The log as a page and as a command."""

from __future__ import annotations

from click.testing import CliRunner

from grader.cli.app import cli
from grader.course.settings import Course
from grader.desk.log import log
from tests.kit.desk import TestDesk


def filled(desk: TestDesk) -> None:
    with desk.state.writing() as connection:
        about = {"assignment": "tiny", "student": "mira"}
        log(connection, "ada", "extension", **about, after="<i>\x1b[31m\n2099")
        log(connection, "tom", "grade again", assignment="tiny", student="farah", after="=1+1")
        log(connection, "ada", "feedback", assignment="tiny", after="full for all")


def test_the_page_shows_what_was_changed_and_nothing_acts(taught: TestDesk) -> None:
    filled(taught)
    ada = taught.browser("ada")
    page = ada.get("/changes").text
    assert "&lt;i&gt;" in page and "<i>" not in page and "grade again" in page
    assert "grade again" not in ada.get("/changes?student=mira").text
    assert "full for all" not in ada.get("/changes?who=tom").text
    assert "grade again" not in ada.get("/changes?assignment=other").text


def test_an_assistant_reads_of_their_section_and_of_what_is_for_all(taught: TestDesk) -> None:
    filled(taught)
    page = taught.browser("tom").get("/changes").text
    assert "grade again" in page and "full for all" in page
    assert "mira" not in page and "2099" not in page


def printed_by(desk: TestDesk, *words: str) -> str:
    ran = CliRunner().invoke(cli, [*words, "--course", str(desk.course.root)])
    assert ran.exit_code == 0
    return ran.output


def test_the_command_prints_one_line_for_each_change(taught: TestDesk) -> None:
    filled(taught)
    printed = printed_by(taught, "log").splitlines()
    assert len(printed) == 3 and "\x1b" not in "".join(printed)
    assert "ada extension tiny mira: - → <i>?[31m 2099" in printed[0]
    found = printed_by(taught, "log", "--who", "tom")
    assert "grade again tiny farah: - → =1+1" in found and len(found.splitlines()) == 1
    found = printed_by(taught, "log", "tiny", "--student", "mira", "--last", "1")
    assert "extension" in found and len(found.splitlines()) == 1


def test_the_command_makes_no_desk_where_there_is_none(course: Course) -> None:
    ran = CliRunner().invoke(cli, ["log", "--course", str(course.root)])
    assert (ran.exit_code, ran.output) == (0, "")
    assert not (course.root / "desk.db").exists()
