"""Every `grader` command that a guide shows is run as it stands there, in a real course."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.kit.docs import commands
from tests.kit.files import ROOT
from tests.kit.processes import grader_here

pytestmark = pytest.mark.slow

GUIDES = ["first-week", "instructor", "own-course", "operating", "authoring", "student"]
STUDENTS = ["ada", "dana", "lena"]
ID = "two_layer_net"
NOT_RUN = {
    "grader demo": "takes a minute; `make demo` is run before a release",
    "grader init .": "release/test_new_course.py",
    "grader build --prove": "takes minutes; `make nightly` runs it",
    "grader give-back two_layer_net --for mail --smtp --dry-run": "export/giving/test_letters.py",
    "grader export two_layer_net --format xlsx --into 成绩.xls --output 成绩-filled.xlsx": (
        "export/test_grade_sheet.py"
    ),
    "grader rename OLD NEW": "gradebook/test_rename.py",
    "grader submit two_layer_net.ipynb": "cli/test_submitting.py",
    "grader autograde two_layer_net --scheduler tcp://10.0.0.5:8786": "grading/test_cluster.py",
}
CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"A two-layer network, trained by minibatch SGD"\n'
    "    Points Possible,,,,,60\n"
    'Ada,501,ada,ada,A,\n"Dana, D.",502,dana,dana,A,\n'
)
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    "Participant 1,Ada,ada@example.org,Submitted for grading,,60.00,Yes,-,-,\n"
    "Participant 2,Dana,dana@example.org,Submitted for grading,,60.00,Yes,-,-,\n"
    "Participant 3,Lena,lena@example.org,Submitted for grading,,60.00,Yes,-,-,\n"
)
PEOPLE = "First name,Last name,Email address\nAda,A.,ada@example.org\n"
ROSTER = (
    "id,first_name,last_name,email,sis_login\n"
    "ada,Ada,A.,ada@example.org,ada\ndana,Dana,D.,dana@example.org,dana\n"
    "lena,Lena,L.,lena@example.org,lena\n"
)


def make_course(root: Path) -> None:
    """This course's last assignment, a class of three, and all files that the guides name."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name / ID, root / name / ID)
    given = yaml.safe_load((ROOT / "course.yml").read_text(encoding="utf-8"))
    given["assignments"] = [entry for entry in given["assignments"] if entry["id"] == ID]
    given |= {"figures": "skip", "time_zone": "UTC"}
    (root / "course.yml").write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    downloads = root / "home" / "Downloads"
    downloads.mkdir(parents=True)
    with zipfile.ZipFile(downloads / "submissions.zip", "w") as archive:
        for student in STUDENTS:
            source = ROOT / "examples" / "submitted" / student / ID / f"{ID}.ipynb"
            archive.write(source, f"{student}/{ID}.ipynb")
    (downloads / "worksheet.csv").write_text(MOODLE)
    (downloads / "grades.csv").write_text(CANVAS)
    (downloads / "participants.csv").write_text(PEOPLE)
    (downloads / "class-list.csv").write_text(PEOPLE)
    times = "".join(f"{student},2026-10-19T20:00:00+00:00\n" for student in STUDENTS)
    (root / "times.csv").write_text(f"student,submitted_at\n{times}")
    (root / "exported.csv").write_text(CANVAS)
    (root / "worksheet.csv").write_text(MOODLE)
    (root / "roster.csv").write_text(ROSTER)
    work = root / "work"
    shutil.copytree(ROOT / "assignments" / ID, work)
    shutil.copy(ROOT / "examples" / "submitted" / "ada" / ID / f"{ID}.ipynb", work)


def shown() -> list[str]:
    """Each command once, in the order of reading; forms such as <id> with a real id."""
    lines = [
        re.sub(r"<id>|\bID\b", ID, shlex.join(words))
        for guide in GUIDES
        for words in commands(ROOT / "docs" / f"{guide}.md")
        if words[0] == "grader" and len(words) > 1
    ]
    return list(dict.fromkeys(line.replace("'", "") for line in lines))


def test_every_command_of_the_guides_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_course(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    lines = [line for line in shown() if line not in NOT_RUN and not is_only_named(line)]
    assert len(lines) >= 12
    failed = []
    for line in lines:
        done = run(line, tmp_path / "work" if line.startswith("grader check") else tmp_path)
        if done.returncode:
            failed.append(f"{line}: exit {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
    assert failed == []


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line in this process, which has imported all already; if it needs a shell, there."""
    if ">" not in line:
        _, *words = shlex.split(line)
        return grader_here(folder, *map(os.path.expanduser, words))
    script = ["/bin/sh", "-c", f"{shlex.quote(sys.executable)} -m {line}"]
    return subprocess.run(script, cwd=folder, capture_output=True, text=True)


def is_only_named(line: str) -> bool:
    """A command without its arguments is spoken of, not shown: `grader collect`."""
    bare = {"grader new", "grader collect", "grader autograde", "grader feedback"}
    bare |= {
        "grader release",
        "grader roster",
        "grader report",
        "grader export",
        "grader check",
        "grader package gradescope",
    }
    return line in bare or line == "grader export --format json"


def test_what_is_not_run_is_still_shown_somewhere() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in [*(ROOT / "docs").glob("*.md")])
    pages += (ROOT / "README.md").read_text(encoding="utf-8")
    assert [line for line in NOT_RUN if line not in pages] == []
