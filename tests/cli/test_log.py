"""The log for programs: what every command says with `--json`, whatever happens."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest

from grader import notebook
from grader.cli import log, terminal
from grader.cli.app import cli, main
from grader.cli.commands import ALL
from grader.cli.options import GraderCommand
from grader.course.settings import Course
from grader.desk.log import log as write_entry
from grader.desk.state import open_state
from grader.release.build import build
from tests.kit.course import ID, hand_in, write_course
from tests.kit.processes import grader_here

# How each command is called here. A new command gets a line, and gives its value to `print_json`.
CALLS = {
    "init": ["init", "ours", "--assignments", "layers"],
    "build": ["build", ID],
    "release": ["release", ID],
    "roster": ["roster", "--from", "csv", "people.csv", "--dry-run"],
    "collect": ["collect", ID, "downloads"],
    "autograde": ["autograde", ID, "--workers", "1", "--force"],
    "figures": ["figures", ID],
    "export": ["export", ID, "--format", "csv", "--output", "grades.csv"],
    "package": ["package", "gradescope", ID],
    "site": ["site", "--output", "public"],
    "feedback": ["feedback", ID],
    "report": ["report", ID],
    "give-back": ["give-back", ID, "--for", "zip", "--dry-run"],
    "check": ["check", f"assignments/{ID}/{ID}.ipynb"],
    "completion": ["completion", "bash"],
    "doctor": ["doctor"],
    "demo": ["demo", "--course", "."],
    "new": ["new", "another"],  # after the others: nobody has handed that one in
    "rename": ["rename", "chidi", "chidi.b"],
    "invite": ["invite", "--revoke"],
    "log": ["log"],
}
LONG = {"autograde", "check", "demo", "doctor", "init", "package", "site"}  # these are slow
TOGETHER = ["serve", "submit"]  # one needs the other: `tests/desk/test_server.py` calls both


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = write_course(tmp_path_factory.mktemp("log"))
    build(course, ID, check=False)
    solution = notebook.loads((course.solution_dir(ID) / f"{ID}.ipynb").read_bytes())
    hand_in(course, "ada", solution)
    hand_in(course, "bela", b"cut off")
    hand_in(course, "chidi", solution)
    shutil.copytree(course.submitted_dir, course.root / "examples" / "submitted")
    shutil.copytree(course.submitted_dir, course.root / "downloads")
    (course.root / "people.csv").write_text("id,first_name,last_name\nada,Ada,Abara\n")
    (course.root / "nbgrader_config.py").touch()
    grader_here(course.root, "autograde", ID, "--workers", "1")
    with closing(open_state(course)) as desk, desk.writing() as connection:
        write_entry(connection, "tom", "extension", assignment=ID, student="ada", after="2 days")
    return course


Said = tuple[int, str, list[dict[str, Any]]]


@pytest.fixture
def said(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Run a command line in the course; gives exit code, stdout and the lines of the log."""

    def run(*words: str) -> Said:
        monkeypatch.chdir(course.root)
        monkeypatch.setattr(sys, "argv", ["grader", *words])
        monkeypatch.setattr(terminal.out, "quiet", False)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return (
            ended.value.code,
            printed.out,
            [json.loads(line) for line in printed.err.split("\n")[:-1]],
        )

    return run


def test_every_command_is_called_here() -> None:
    assert {*CALLS, *TOGETHER} == {command.name for command in ALL}
    assert all(isinstance(command, GraderCommand) for command in ALL)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in CALLS]
)
def test_every_command_gives_one_value_and_a_log_that_ends_with_its_exit_code(
    said: Any, name: str
) -> None:
    code, out, lines = said(*CALLS[name], "--json")
    assert code in (0, 1), lines
    assert json.loads(out)
    assert [line["event"] for line in lines].count("end") == 1
    assert lines[-1]["event"] == "end"
    assert lines[-1]["exit_code"] == code
    assert lines[-1]["seconds"] >= 0
    assert {(line["version"], line["command"]) for line in lines} == {(1, name)}
    assert not [line for line in lines if line["event"] == "message"], "text that is no value"


@pytest.mark.parametrize("name", [*CALLS, *TOGETHER])
def test_wrong_use_of_any_command_is_an_error_in_the_log_and_no_value(said: Any, name: str) -> None:
    code, out, lines = said(name, "--json", "--no-such-option")
    assert (code, out) == (2, "")
    assert [line["event"] for line in lines] == ["error", "end"]
    assert "--no-such-option" in lines[0]["text"]
    assert [line["exit_code"] for line in lines] == [2, 2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nothing", "--json"], 2),
        (["--json"], 2),
        (["report", "nope", "--json"], 2),
        (["build", "--course", "elsewhere", "--json"], 2),
        (["export", ID, "--format", "csv", "--json"], 2),
    ],
)
def test_a_failure_is_one_error_with_its_exit_code(said: Any, words: list[str], code: int) -> None:
    ended, out, lines = said(*words)
    assert (ended, out) == (code, "")
    assert [line["event"] for line in lines] == ["error", "end"]
    assert lines[0]["exit_code"] == code


@pytest.mark.slow
def test_each_submission_is_an_event_with_its_score(said: Any) -> None:
    _, _, lines = said(*CALLS["autograde"], "--json")
    told = [line for line in lines if line["event"] == "progress"]
    assert [(line["done"], line["total"]) for line in told] == [(1, 3), (2, 3), (3, 3)]
    assert {line["what"] for line in told} == {f"grading {ID}"}
    ended = {line["student"]: (line["status"], line["score"]) for line in told}
    assert ended["bela"] == ("REJECTED", 0.0)
    assert ended["ada"][0] == "GRADED"


def test_a_warning_is_an_event(said: Any, course: Course) -> None:
    extensions = course.extensions_path
    extensions.write_text("student,assignment,days\nnobody,tiny,2\n")
    course.roster_path.write_text("id\nada\nbela\n")
    try:
        _, _, lines = said("autograde", ID, "--json")
    finally:
        extensions.unlink()
        course.roster_path.unlink()
    warned = [line["text"] for line in lines if line["event"] == "warning"]
    assert len(warned) == 1
    assert "'nobody' is not in roster.csv" in warned[0]


@click.command(cls=GraderCommand)
def careless() -> None:
    """Print and break, as a command must not."""
    print("on stdout\nwithout")
    print("on stderr", file=sys.stderr)
    raise ZeroDivisionError


def test_a_command_that_prints_and_breaks_still_speaks_json(
    said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cli.commands, "careless", careless)
    code, out, lines = said("careless", "--json")
    assert (code, out) == (1, "")
    texts = [line["text"] for line in lines if line["event"] == "message"]
    assert texts == ["on stdout", "without", "on stderr"]
    assert [line["event"] for line in lines[-2:]] == ["error", "end"]
    assert "ZeroDivisionError" in lines[-2]["text"]


def test_an_interrupted_command_ends_its_log(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command(cls=GraderCommand)
    def waiting() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.commands, "waiting", waiting)
    code, _, lines = said("waiting", "--json")
    assert code == 130
    assert [(line["event"], line["exit_code"]) for line in lines] == [("error", 130), ("end", 130)]


@pytest.mark.parametrize("text", ["Zoë 学号", "\x1b[31m", "two\nlines", "\udcff"])
def test_a_line_of_the_log_is_ascii_whatever_is_said(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.Log("collect", sys.stderr).say("warning", text=text)
    line = capsys.readouterr().err
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line)["text"] == text


@pytest.mark.parametrize(
    ("words", "asked"),
    [(["build", "--json"], True), (["build"], False), (["check", "--", "--json"], False)],
)
def test_the_command_line_tells_whether_a_program_reads(words: list[str], asked: bool) -> None:
    assert log.is_for_programs(words) is asked


def test_without_the_option_nothing_is_a_log(course: Course) -> None:
    done = grader_here(course.root, "report", "nope")
    assert done.stderr.startswith("grader: error: ")
    assert Path(grader_here(course.root, "report", ID).stdout.splitlines()[0]).is_file()
