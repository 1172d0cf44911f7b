"""Downloads of Canvas, Moodle, GitHub Classroom and nbgrader, named as these name them."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.collect import collect
from grader.intake.naming.github import last_commit
from grader.intake.naming.handed import shown
from grader.intake.naming.recognised import NAMINGS, recognised
from tests.kit.course import ID, write_course

ROSTER = """\
id,first_name,last_name,email,canvas_id,moodle_id,github
ada,Ada,Lovelace,ada@example.org,501,,ada-l
bela,Béla,von Szabó,bela@example.org,,,
chidi,Chidi,Okafor,chidi@example.org,,7003,Okafor-7
mei1,Mei,Lin,,,,
mei2,Mei,Lin,,,,
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = write_course(tmp_path / "course")
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    return course


def download(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)  # so that the content tells which file was taken
    return folder


def taken(course: Course, source: Path, naming: str | None = None) -> tuple[dict[str, str], str]:
    """Content of what was collected, by student, and what was said."""
    said = "\n".join(map(str, collect(course, ID, source, naming)))
    root = course.submitted_dir
    found = {p.parent.parent.name: p.read_text() for p in root.glob(f"*/{ID}/{ID}.ipynb")}
    return found, said


def test_canvas_names_are_understood(course: Course, tmp_path: Path) -> None:
    source = download(
        tmp_path / "in",
        "lovelaceada_501_9001_tiny.ipynb",
        "vonszabóbéla_LATE_502_9002_tiny-2.ipynb",
        "okaforchidi_503_9003_My Homework-1.ipynb",
        "okaforchidi_503_9004_notes.pdf",
        "linmei_504_9005_tiny.ipynb",
        "doejane_505_9006_tiny.ipynb",
        "studenttest_506_text.html",
    )
    found, said = taken(course, source)
    assert found == {
        "ada": "lovelaceada_501_9001_tiny.ipynb",
        "bela": "vonszabóbéla_LATE_502_9002_tiny-2.ipynb",
        "chidi": "okaforchidi_503_9003_My Homework-1.ipynb",
    }
    assert "bela: collected" in said
    assert "but not when, so counted as in time; tell their times with --times: bela\n" in said
    assert "linmei: left out: mei1, mei2 have this name; write canvas_id 504 to the right" in said
    assert "doejane: left out: not in the roster; add canvas_id 505" in said
    assert "no submission of 2 of 5 in roster.csv: mei1, mei2" in said


def test_times_that_canvas_does_not_tell_come_from_a_file(course: Course, tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text(
        "student,submitted_at\n502,\nbela,2026-01-11T10:00:00+01:00\n501,2026-01-09T10:00:00Z\n"
    )
    names = ["lovelaceada_501_9001_tiny.ipynb", "vonszabóbéla_LATE_502_9002_tiny.ipynb"]
    source = download(tmp_path / "in", *names)
    taken(course, source)
    said = "\n".join(map(str, collect(course, ID, source, times=times)))
    stamps = {s: course.submitted_dir / s / ID / "timestamp.txt" for s in ("ada", "bela")}
    assert stamps["ada"].read_text() == "2026-01-09 10:00:00.000000 UTC"
    assert stamps["bela"].read_text() == "2026-01-11 09:00:00.000000 UTC"
    assert "not when" not in said
    assert "attempt" not in said  # the same work, of which more is known
    assert (
        "bela: updated (vonszabóbéla_LATE_502_9002_tiny.ipynb); handed in 2026-01-11 09:00 UTC"
        in said
    )


def test_a_time_of_somebody_unknown_is_told(course: Course, tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text("student,submitted_at\nadda,2026-01-11T10:00:00+01:00\n502,\n")
    source = download(tmp_path / "in", "lovelaceada_501_9001_tiny.ipynb")
    (line,) = [line for line in collect(course, ID, source, times=times) if not line.ok]
    assert str(line) == f"{times}: nobody is called adda; correct it"


def test_what_has_to_be_settled_comes_after_what_was_taken(course: Course, tmp_path: Path) -> None:
    names = ["lovelaceada_501_9001_tiny.py", "vonszabóbéla_502_9002_tiny.ipynb"]
    lines = list(collect(course, ID, download(tmp_path / "in", *names)))
    assert [line.outcome for line in lines] == ["collected", "left out", ""]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,submitted_at\n", "line 1: no columns 'student' and 'submitted_at'"),
        (
            "student,submitted_at\nada,yesterday\n",
            "line 2: submitted_at 'yesterday' not understood",
        ),
        ("student,submitted_at\nada,2026-01-09T10:00:00\n", "with its time zone"),
        (
            "student,submitted_at\nada,2026-01-09T10:00:00Z\n501,2026-01-09T11:00:00Z\n",
            "line 3: a second time of 'ada'; keep one",
        ),
    ],
)
def test_a_wrong_time_is_one_line(course: Course, tmp_path: Path, text: str, words: str) -> None:
    times = tmp_path / "times.csv"
    times.write_text(text)
    source = download(tmp_path / "in", "lovelaceada_501_9001_tiny.ipynb")
    with pytest.raises(UsageError) as refused:
        list(collect(course, ID, source, times=times))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_resubmission_to_canvas_is_told_by_its_number_not_its_name(
    course: Course, tmp_path: Path
) -> None:
    names = ["lovelaceada_501_9010_tiny.ipynb", "lovelaceada_501_9012_tiny-1.ipynb"]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert found == {"ada": names[1]}
    assert "the later of two or more, not taken: tiny.ipynb" in said
    older = download(tmp_path / "older", "lovelaceada_501_9011_tiny-1.ipynb")
    found, said = taken(course, older)
    assert found == {"ada": names[1]}
    assert "unchanged" in said
    assert "attempt 1 of 2 counts" in said


def test_somebody_else_of_the_same_name_in_canvas_is_not_taken_for_the_student(
    course: Course, tmp_path: Path
) -> None:
    found, said = taken(course, download(tmp_path / "in", "lovelaceada_777_9001_tiny.ipynb"))
    assert found == {}
    assert "add canvas_id 777" in said


def test_an_id_that_happens_to_be_a_number_in_canvas_is_not_taken_for_it(
    course: Course, tmp_path: Path
) -> None:
    course.roster_path.write_text("id,first_name,last_name\n501,Ada,Lovelace\n502,Bo,Dee\n503,,\n")
    names = [f"{who}_9001_tiny.ipynb" for who in ("lovelaceada_501", "doejane_502", "roejo_503")]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert set(found) == {"501", "503"}
    assert "doejane: left out: not in the roster" in said


def test_an_anonymous_canvas_download_says_what_to_do(course: Course, tmp_path: Path) -> None:
    found, said = taken(course, download(tmp_path / "in", "anon_aB3xY_9001_tiny.ipynb"))
    assert found == {}
    assert "turn anonymous grading off" in said


def test_without_a_roster_canvas_numbers_are_the_ids(course: Course, tmp_path: Path) -> None:
    course.roster_path.unlink()
    names = ["doejane_501_9001_tiny.ipynb", "roejohn_LATE_502_9002_tiny-1.ipynb"]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert found == dict(zip(("501", "502"), names, strict=True))
    assert said.startswith("no roster.csv: students are called by their Canvas number")


@pytest.mark.parametrize("suffix", ["/", "_/", "_"], ids=["folder", "older-folder", "no-folder"])
def test_moodle_names_are_understood(course: Course, tmp_path: Path, suffix: str) -> None:
    def name(who: str, number: int, own: str = "tiny.ipynb") -> str:
        return f"{who}_{number}_assignsubmission_file{suffix}{own}"

    source = download(
        tmp_path / "in",
        name("Ada Lovelace", 7001),
        name("Béla von Szabó", 7002, "week 3 (2).ipynb"),
        name("Somebody Renamed", 7003),
        name("Mei Lin", 7004),
        name("Participant", 7005),
        "Ada Lovelace_7001_assignsubmission_onlinetext/onlinetext.html",
    )
    found, said = taken(course, source)
    assert found == {
        "ada": name("Ada Lovelace", 7001),
        "bela": name("Béla von Szabó", 7002, "week 3 (2).ipynb"),
        "chidi": name("Somebody Renamed", 7003),
    }
    assert "mei1, mei2 have this name; write moodle_id 7004" in said
    assert "Participant: left out: not in the roster; add moodle_id 7005" in said


def test_the_inbound_folder_of_the_exchange_holds_every_attempt(
    course: Course, tmp_path: Path
) -> None:
    source = download(
        tmp_path / "inbound",
        "ada+tiny+2026-01-09 10:00:00.000001 UTC+cmFuZG9t/tiny.ipynb",
        "ada+tiny+2026-01-10 11:00:00.000000 UTC+x_-y/tiny.ipynb",
        "ada+tiny+2026-01-12 11:00:00.000000 UTC+abc/tiny.ipynb",
        "bela+tiny+2026-01-10 14:00:00.000000 CET/tiny.ipynb",
        "chidi+other+2026-01-10 11:00:00.000000 UTC+abc/other.ipynb",
    )
    found, said = taken(course, source)
    assert found["ada"] == "ada+tiny+2026-01-10 11:00:00.000000 UTC+x_-y/tiny.ipynb"
    assert "attempt 2 of 3 counts" in said
    assert set(found) == {"ada", "bela"}
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    assert stamp.read_text() == "2026-01-10 11:00:00.000000 UTC"


def test_what_zip_collect_starts_from_is_understood(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "downloaded" / ID
    source = download(
        folder,
        "extracted/notebooks/ps1_ada_attempt_2026-01-09-15-30-10_tiny.ipynb",
        "extracted/notebooks/ps1_ada_attempt_2026-01-10-09-30-10_tiny.ipynb",
        "archive/notebooks.zip",
    )
    found, _ = taken(course, source)
    assert found == {"ada": "extracted/notebooks/ps1_ada_attempt_2026-01-10-09-30-10_tiny.ipynb"}


def test_nbgraders_own_submitted_folder_is_understood(course: Course, tmp_path: Path) -> None:
    source = download(tmp_path / "submitted", "ada/tiny/tiny.ipynb", "bela/tiny/tiny.ipynb")
    (source / "ada" / "tiny" / "timestamp.txt").write_text("2026-01-09 10:00:00 UTC")
    found, _ = taken(course, source)
    assert set(found) == {"ada", "bela"}
    assert (course.submitted_dir / "ada" / ID / "timestamp.txt").exists()


def git(repo: Path, *arguments: str, when: str = "2026-01-09T10:00:00+01:00") -> None:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_DATE": when,
    }
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", "-C", str(repo), *who, *arguments]
    subprocess.run(command, check=True, env=environment, capture_output=True)


def clone_of(folder: Path, name: str, file: str = "tiny.ipynb") -> Path:
    repo = folder / name
    download(repo, file)
    git(repo, "init")
    git(repo, "add", ".")
    git(repo, "commit", "-m", "work")
    return repo


def test_classroom_clones_are_taken_with_the_time_of_the_commit(
    course: Course, tmp_path: Path
) -> None:
    folder = tmp_path / "tiny-submissions"
    ada = clone_of(folder, "tiny-ada-l")
    (ada / "README.md").write_text("later, but no work")
    git(ada, "add", ".", when="2026-01-20T10:00:00+00:00")
    git(ada, "commit", "-m", "more", when="2026-01-20T10:00:00+00:00")
    git(ada, "gc")  # packs objects and references
    clone_of(folder, "tiny-okafor-7", "work/My answers.ipynb")
    clone_of(folder, "tiny-stranger")
    found, said = taken(course, folder)
    assert found == {"ada": "tiny.ipynb", "chidi": "work/My answers.ipynb"}
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    assert stamp.read_text() == "2026-01-09 09:00:00.000000 UTC"
    assert "stranger: left out: not in the roster; add github stranger" in said


def test_a_clone_cannot_make_git_run_anything(tmp_path: Path) -> None:
    repo = clone_of(tmp_path, "clone")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "gpg.program", "diff.external"):
        git(repo, "config", key, str(trap))
    for key, value in {
        "log.showSignature": "true",
        "core.hooksPath": str(tmp_path),
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "core.alternateRefsCommand": str(trap),
        "alias.log": f"!{trap}",
    }.items():
        git(repo, "config", key, value)
    for path in (repo / ".git" / "objects").glob("??/*"):
        path.chmod(0o644)
    assert last_commit(repo, PurePosixPath("tiny.ipynb")) == datetime(2026, 1, 9, 9, tzinfo=UTC)
    missing = next(iter((repo / ".git" / "objects").glob("??/*")))
    for path in (repo / ".git" / "objects").glob("??/*"):
        path.unlink()
    assert last_commit(repo, PurePosixPath("tiny.ipynb")) is None
    assert not missing.exists()
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("head", ["", "ref: ../../etc/passwd", "ref: refs/heads/../../x", "0" * 40])
def test_an_odd_clone_has_no_time(tmp_path: Path, head: str) -> None:
    repo = clone_of(tmp_path, "clone")
    (repo / ".git" / "HEAD").write_text(head)
    assert last_commit(repo, PurePosixPath("tiny.ipynb")) is None


def test_a_clone_whose_git_folder_is_elsewhere_has_no_time(tmp_path: Path) -> None:
    repo = clone_of(tmp_path, "clone")
    other = tmp_path / "other"
    other.mkdir()
    (other / ".git").symlink_to(repo / ".git")
    assert last_commit(other, PurePosixPath("tiny.ipynb")) is None


@pytest.mark.parametrize("naming", sorted(NAMINGS))
def test_a_naming_can_be_forced(naming: str) -> None:
    names = {
        "moodle": "Ada_1_assignsubmission_file_/x.ipynb",
        "nbgrader": "ada+tiny+2026-01-09 10:00:00 UTC/x.ipynb",
        "github": "tiny-ada/.git",
        "canvas": "ada_1_2_x.ipynb",
        "folder": "ada/x.ipynb",
    }
    entries = [*names.values(), "tiny-ada/x.ipynb"]
    kind, found = recognised(entries, ID, naming)
    assert kind == naming
    assert names[naming].split("/")[0] in {file.entry.split("/")[0] for file in found}


def test_a_name_is_shown_as_it_is_and_a_terminals_commands_are_not() -> None:
    assert shown("Bob O'Brien, Zoë (3).ipynb") == "Bob O'Brien, Zoë (3).ipynb"
    assert shown("\x1b[31m\u202ered\n") == "??31m?red?"
