"""`--canvas` on the command line: what it shows, what it asks, and how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cli import terminal
from grader.cli.app import main
from grader.course.settings import Course
from tests.kit.canvas_server import COURSE, TASK, TOKEN, Class, playing
from tests.kit.course import ID
from tests.kit.lms import write_graded_course

PLACE = f"{COURSE}/{TASK}"


@pytest.fixture
def known() -> Iterator[Class]:
    with playing(Class()) as served:
        served.enroll(501, "Lovelace, Ada")
        served.enroll(504, "Dee, Dora")
        yield served


@pytest.fixture
def run(
    known: Class,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Run a command in a graded course; gives its exit code, stdout and stderr."""
    write_graded_course(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANVAS_API_URL", known.url)
    monkeypatch.setenv("CANVAS_API_TOKEN", TOKEN)

    def called(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["grader", *words])
        monkeypatch.setattr(terminal.out, "quiet", False)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return called


def score(known: Class, number: int) -> object:
    return known.submissions[number]["entered_score"]


def test_scores_are_shown_and_nothing_is_written_without_a_yes(run: Any, known: Class) -> None:
    code, out, err = run("export", ID, "--canvas", PLACE)
    assert code == 1 and "nothing is written without a terminal; add --yes" in err
    assert "0 written, 5 not" in out
    assert ["ada", "–", "5.5"] in [line.split() for line in out.splitlines()]
    assert "stays: not in this course in Canvas" in out
    assert score(known, 501) is None


def test_scores_are_written_with_a_yes(run: Any, known: Class) -> None:
    code, out, _ = run("export", ID, "--canvas", PLACE, "--yes")
    assert code == 1  # three of five are not in Canvas
    assert "2 written, 3 not" in out
    assert (score(known, 501), score(known, 504)) == (5.5, 2.0)


def test_a_dry_run_writes_nothing(run: Any, known: Class) -> None:
    run("export", ID, "--canvas", PLACE, "--dry-run", "--yes")
    assert score(known, 501) is None


def test_programs_read_what_was_written(run: Any) -> None:
    _, out, _ = run("export", ID, "--canvas", PLACE, "--yes", "--json")
    rows = {row["student"]: row for row in json.loads(out)}
    assert rows["ada"]["written"] and rows["ada"]["here"] == "5.5"
    assert not rows["bela"]["written"] and rows["bela"]["reason"]


@pytest.mark.parametrize(
    "words",
    [
        ("export", ID),
        ("export", ID, "--canvas", PLACE, "--format", "csv"),
        ("export", ID, "--canvas", PLACE, "--output", "x.csv"),
        ("export", "--canvas", PLACE),
        ("export", ID, "--canvas", PLACE, "--missing", "blank"),
        ("export", ID, "--format", "csv", "--yes"),
        ("export", ID, "--canvas", "tiny"),
        ("collect", ID),
        ("roster",),
        ("give-back", ID, "--for", "moodle", "--canvas", PLACE),
        ("give-back", ID, "--for", "canvas", "--canvas", PLACE, "--output", "x.zip"),
        ("roster", "--from", "canvas"),
        ("roster", "--from", "csv", "course.yml", "--canvas", "1"),
        ("collect", ID, ".", "--canvas", PLACE),
        ("collect", ID, "--canvas", PLACE, "--from", "canvas"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_in_one_line(
    run: Any, known: Class, words: tuple[str, ...]
) -> None:
    code, _, err = run(*words)
    assert code == 2 and len(err.splitlines()) == 1
    assert known.seen == []


def test_hand_ins_are_collected(run: Any, known: Class) -> None:
    known.hand_in(501, {f"{ID}.ipynb": b"{}"}, "2026-01-09T10:00:00Z")
    code, out, _ = run("collect", ID, "--canvas", PLACE)
    assert code == 0 and "ada: collected" in out and "1 collected" in out
    assert (Course.load(".").submitted_dir / "ada" / ID / "timestamp.txt").is_file()


@pytest.mark.slow
def test_pages_are_given_back_once(run: Any, known: Class) -> None:
    words = ("give-back", ID, "--for", "canvas", "--canvas", PLACE, "--workers", "1")
    code, out, _ = run(*words, "--dry-run")
    assert "2 pages would be given: 2 new" in out
    assert not known.submissions[501]["comments"]
    code, out, err = run(*words)
    assert code == 1 and "2 pages sent: 2 new" in out
    assert "bela: not given: not in this course in Canvas" in err
    for number, student in ((501, "ada"), (504, "dora")):
        (comment,) = known.submissions[number]["comments"]
        (page,) = comment["contents"]
        assert f'content="{ID}/{student}"' in page
    assert "no page that can be given is new or changed" in run(*words)[1]


def test_the_roster_is_asked_for(run: Any, known: Class) -> None:
    code, out, _ = run("roster", "--canvas", str(COURSE), "--dry-run")
    assert code == 0 and "dora: changed (section B → Monday)" in out


def test_a_token_that_is_not_valid_shows_in_no_line(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "7~secret")
    code, out, err = run("collect", ID, "--canvas", PLACE)
    assert code == 1 and "token is not valid" in err and "7~secret" not in out + err
