"""The program `grader`: its commands, exit codes, one-line errors, and what it does not import."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader import notebook
from grader.cli.app import cli
from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from grader.release.build import build
from grader.system.table import read_table
from tests.kit.course import ID, hand_in, make_result, make_source, release_by_hand, write_course
from tests.kit.files import ROOT
from tests.kit.processes import grader_here, run_grader

COMMANDS = {"build", "collect", "autograde", "figures", "export", "feedback", "report"}
COMMANDS |= {"check", "doctor"}
NEWER = {"init", "release", "demo", "new", "completion", "give-back", "package", "rename", "roster"}
NEWER |= {"site", "invite", "serve", "submit", "log"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = write_course(tmp_path_factory.mktemp("cli"))
    build(course, ID, check=False)
    solution = notebook.loads((course.solution_dir(ID) / f"{ID}.ipynb").read_bytes())
    hand_in(course, "ada", solution)
    hand_in(course, "bela", b"cut off")
    return course


def test_every_command_explains_itself_with_an_example() -> None:
    assert set(cli.commands) == COMMANDS | NEWER
    for name, command in cli.commands.items():
        assert f"Example: grader {name}" in (command.help or "")


def test_the_list_of_commands_cuts_no_sentence_short(course: Course) -> None:
    listed = grader_here(course.root, "--help").stdout.partition("Begin:\n")[2]
    assert "..." not in listed


def test_every_command_is_listed_once_in_the_order_of_the_work(course: Course) -> None:
    listed = grader_here(course.root, "--help").stdout.partition("Begin:\n")[2]
    names = re.findall(r"^  (\S+) {2,}\S", listed, re.MULTILINE)
    assert sorted(names) == sorted(COMMANDS | NEWER)
    work = ["init", "build", "release", "collect", "autograde", "report", "feedback", "give-back"]
    assert [name for name in names if name in work] == work


@pytest.mark.slow
def test_a_full_disk_is_told_with_the_file_and_leaves_everything_whole(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    course.roster_path.write_text("id\nada\n")
    code = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))\n"
        "sys.argv = ['grader', 'rename', 'ada', 'ann']\nfrom grader.cli.app import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"grader: error: {tmp_path}")
    assert line.endswith(": File too large; when that is mended, run the same command again")
    assert course.roster_path.read_text() == "id\nada\n"
    assert not list(tmp_path.glob(".*.part"))


def test_help_imports_nothing_heavy() -> None:
    heavy = ("nbgrader", "numpy", "matplotlib", "nbformat", "IPython", "pydantic", "rich")
    code = (
        "import sys\nsys.argv = ['grader', '--help']\nfrom grader.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"loaded = [name for name in {heavy} if name in sys.modules]\nassert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments,code,words",
    [
        (["autograde", "nope"], 2, "is not an assignment of this course"),
        (["autograde", ID, "--student", "zoe"], 2, "no such submission"),
        (["export", "--format", "xml"], 2, "Invalid value for '--format'"),
        (["check", "nothing.ipynb"], 2, "'nothing.ipynb' does not exist; see: grader check --help"),
        (["collect", ID, "/nowhere"], 2, "'/nowhere' does not exist; see: grader collect --help"),
        (["collect"], 2, "Missing argument 'ID'; see: grader collect --help"),
        (["autograd", ID], 2, "Did you mean 'autograde'? See: grader --help"),
        (["report", ID, "--fast"], 2, "No such option '--fast'"),
        (["autograde", ID, "--workers", "two"], 2, "'two' is not a valid whole number"),
        (["build", "--course", "elsewhere"], 2, "course.yml: not found"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    course: Course, arguments: list[str], code: int, words: str
) -> None:
    done = grader_here(course.root, *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert done.stderr.startswith("grader: error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_report_of_nothing_is_not_written_and_the_exit_code_says_so(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    done = grader_here(course.root, "report", ID)
    assert done.returncode == 2
    assert f"run `grader autograde {ID}` first" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (course.root / "reports").exists()


def test_without_a_command_it_tells_the_commands(course: Course) -> None:
    done = grader_here(course.root)
    assert done.returncode == 2
    assert "Begin:\n" in done.stderr


@pytest.mark.slow
def test_a_class_is_graded_once_exported_and_reported(course: Course) -> None:
    first = run_grader(course.root, "autograde", ID, "--workers", "1")
    assert first.returncode == 0, first.stderr
    assert "1 graded, 1 rejected" in first.stdout
    second = grader_here(course.root, "autograde", ID)
    assert "2 unchanged" in second.stdout
    rows = json.loads(grader_here(course.root, "export", ID, "--format", "json").stdout)
    assert [(row["student"], row["status"]) for row in rows] == [
        ("ada", "GRADED"),
        ("bela", "REJECTED"),
    ]
    assert grader_here(course.root, "feedback", ID).returncode == 0
    assert (course.feedback_dir / "ada" / ID / f"{ID}.html").is_file()
    report = Path(grader_here(course.root, "report", ID).stdout.splitlines()[0])
    assert "bela" in report.read_text()


@pytest.mark.slow
def test_the_committed_releases_are_in_step_with_their_solutions() -> None:
    done = grader_here(ROOT, "build", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["checking.py", "figures.py"])
def test_a_helper_that_all_assignments_ship_is_one_file(name: str) -> None:
    first, *others = sorted(ROOT.glob(f"solutions/*/{name}"))
    assert others
    assert {path.read_bytes() for path in others} == {first.read_bytes()}


@pytest.mark.slow
def test_the_doctor_names_what_it_looked_at(course: Course) -> None:
    done = grader_here(course.root, "doctor")
    for name in ("Python", "nbgrader", "alembic", "box", "course", "gradebook"):
        assert name in done.stdout


@pytest.mark.slow
def test_quiet_says_nothing_and_json_is_one_value(course: Course) -> None:
    quiet = grader_here(course.root, "autograde", ID, "--workers", "1", "--force", "--quiet")
    assert (quiet.returncode, quiet.stdout) == (0, ""), quiet.stderr
    graded = grader_here(course.root, "autograde", ID, "--workers", "1", "--force", "--json")
    told = json.loads(graded.stdout)
    assert (told["graded"], told["rejected"], told["not_graded"]) == (1, 1, 0)
    by_student = {entry["student"]: entry for entry in told["submissions"]}
    assert (by_student["ada"]["previous_score"], by_student["ada"]["score"]) == (6.0, 6.0)
    assert "Rejected" in by_student["bela"]["notes"][0]
    for arguments in (["build", ID], ["report", ID], ["feedback", ID], ["doctor"]):
        assert json.loads(grader_here(course.root, *arguments, "--json").stdout)
        assert grader_here(course.root, *arguments, "--quiet").stdout == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_every_shell(course: Course, shell: str) -> None:
    assert "_GRADER_COMPLETE" in grader_here(course.root, "completion", shell).stdout


def test_assignment_ids_are_completed(course: Course) -> None:
    words = {"_GRADER_COMPLETE": "bash_complete", "COMP_WORDS": "grader autograde t"}
    command = [sys.executable, "-c", "from grader.cli.app import main; main()"]
    env = {**os.environ, **words, "COMP_CWORD": "2"}
    done = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True)
    assert done.stdout.split() == [f"plain,{ID}"]


@pytest.mark.slow
def test_an_up_to_date_class_needs_neither_judge_nor_gradebook(course: Course) -> None:
    """This is why the command returns at once, however large the class."""
    assert grader_here(course.root, "autograde", ID, "--workers", "1").returncode == 0
    code = (
        f"import sys\nsys.argv = ['grader', 'autograde', {ID!r}]\n"
        "from grader.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = ('nbgrader', 'nbformat', 'sqlalchemy', 'numpy', 'pytest', 'IPython', 'jinja2')\n"
        "loaded = [name for name in heavy if name in sys.modules]\nassert not loaded, loaded"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "2 unchanged" in done.stdout


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = write_course(tmp_path_factory.mktemp("course"))
    release = release_by_hand(course)
    result = make_result("ada", release, double=4.0)
    save_result(course, result)
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.store(result, None)
    return course


def test_collect_exits_with_1_if_something_was_left_out(graded_course: Course) -> None:
    with zipfile.ZipFile(graded_course.root / "in.zip", "w") as archive:
        archive.writestr("doejane_501_9001_tiny.ipynb", "{}")
    done = grader_here(graded_course.root, "collect", ID, "in.zip")
    assert (done.returncode, done.stderr) == (0, f"next: grader autograde {ID}\n")
    assert "501: collected (doejane_501_9001_tiny.ipynb)" in done.stdout
    assert done.stdout.endswith("1 collected\n")
    with zipfile.ZipFile(graded_course.root / "in.zip", "a") as archive:
        archive.writestr("../x.ipynb", "{}")
    done = grader_here(graded_course.root, "collect", ID, "in.zip", "--from", "canvas")
    assert done.returncode == 1
    assert done.stdout.endswith("1 unchanged, 1 left out\n")
    assert "../x.ipynb: left out: a path that leads out of the download" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["collect", ID, "course.yml"], "neither a folder nor a zip file"),
        (["export", "--format", "gradescope"], "--format gradescope needs --output, a folder"),
        (["export", "--format", "csv", "--output", "."], "--output .: a folder; name a file in it"),
        (["export", "--format", "csv", "--into", "course.yml"], "--into: only for canvas"),
        (["export", "--format", "canvas", "--into", "course.yml"], "no columns Student, ID"),
        (
            ["export", "--format", "csv", "--output", "course.yml/x"],
            "course.yml/x: cannot be written",
        ),
        (["package", "gradescope", "nope"], "is not an assignment of this course"),
    ],
)
def test_wrong_use_is_told_in_one_line_with_exit_code_2(
    graded_course: Course, arguments: list[str], words: str
) -> None:
    done = grader_here(graded_course.root, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_command_ends_with_the_one_that_comes_next(tmp_path: Path) -> None:
    write_course(tmp_path / "my course")
    hand_in(Course.load(tmp_path / "my course"), "ada", make_source())
    steps = [
        (["build", ID], f"release {ID}"),
        (["autograde", ID, "--workers", "1"], f"report {ID}"),
        (["report", ID], f"feedback {ID}"),
        (["feedback", ID], f"give-back {ID} --for zip --output {ID}-pages.zip"),
        (
            ["give-back", ID, "--for", "zip", "--output", f"{tmp_path}/pages.zip"],
            f"export {ID} --format csv --output {ID}.csv",
        ),
    ]
    for words, following in steps:
        done = grader_here(tmp_path, *words, "--course", "my course")
        assert done.stderr.endswith(f"next: grader {following} --course 'my course'\n")
    # A judge that ends takes this process back to the folder in which it started.
    archive = f"{tmp_path}/{ID}.zip"
    released = grader_here(tmp_path / "my course", "release", ID, "--output", archive)
    assert released.stderr.endswith(f"after the deadline: grader collect {ID} DOWNLOAD\n")
    assert "next:" not in grader_here(tmp_path / "my course", "build", ID, "--check").stderr


def test_due_times_are_shown_in_the_zone_of_the_course(tmp_path: Path) -> None:
    course = write_course(tmp_path / "old")
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("name:", "time_zone: Asia/Tokyo\nname:", 1))
    words = ["init", "new", "--like", "old", "--first-due", "2027-01-10"]
    told = grader_here(tmp_path, *words).stdout
    assert "due 2027-01-10 21:00 (Asia/Tokyo)" in told  # 12:00 in UTC, as course.yml writes it


def test_a_day_that_is_none_is_refused_with_an_example(tmp_path: Path) -> None:
    done = grader_here(tmp_path, "init", "nets", "--first-due", "2026-11-31")
    assert done.returncode == 2
    assert "'2026-11-31' is no day; write it as 2027-04-12" in done.stderr
    assert not (tmp_path / "nets").exists()


def test_feedback_says_that_nothing_is_graded(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    done = grader_here(course.root, "feedback", ID)
    assert (done.returncode, done.stdout.startswith("0 pages in ")) == (0, True)
    assert done.stderr == f"grader: nothing is graded; run `grader autograde {ID}` first\n"


def test_grades_go_to_the_file_and_remarks_to_the_screen(graded_course: Course) -> None:
    given = "Student,ID,SIS Login ID,Section,Tiny (7)\n    Points Possible,,,,9\n"
    (graded_course.root / "exported.csv").write_text(given + "Ada,1,ada,A,\nBela,2,bela,A,1\n")
    done = grader_here(
        graded_course.root,
        "export",
        ID,
        "--format=canvas",
        "--into=exported.csv",
        "--output=import.csv",
    )
    assert done.returncode == 0, done.stderr
    filled = (graded_course.root / "import.csv").read_text()
    assert filled == given + "Ada,1,ada,A,4\nBela,2,bela,A,1\n"
    assert "wrote import.csv" in done.stderr
    assert done.stdout == ""
    done = grader_here(
        graded_course.root, "export", ID, "--format", "gradescope", "--output", "out"
    )
    assert done.returncode == 0, done.stderr
    assert (graded_course.root / "out" / ID / "ada.json").is_file()


def test_a_csv_file_opens_in_a_spreadsheet_and_a_pipe_has_no_mark(graded_course: Course) -> None:
    roster = "sep=;\r\nid;first_name;last_name\r\nada;Zoë;Müller-Łukasz\r\n"
    graded_course.roster_path.write_bytes(roster.encode("utf-16"))
    piped = grader_here(graded_course.root, "export", ID, "--format", "csv").stdout
    assert piped.startswith('"student","last_name","first_name"')
    assert '"ada","Müller-Łukasz","Zoë"' in piped
    grader_here(graded_course.root, "export", ID, "--format", "csv", "--output", "grades.csv")
    written = (graded_course.root / "grades.csv").read_bytes()
    assert written == b"\xef\xbb\xbf" + piped.encode()
    assert read_table(graded_course.root / "grades.csv").header[0] == "student"


def test_package_writes_a_zip(graded_course: Course) -> None:
    done = grader_here(graded_course.root, "package", "gradescope", ID)
    assert (done.returncode, done.stdout) == (0, f"wrote {ID}-gradescope.zip\n")
    path: Path = graded_course.root / f"{ID}-gradescope.zip"
    assert {"setup.sh", "run_autograder"} <= set(zipfile.ZipFile(path).namelist())
