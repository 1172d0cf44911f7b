"""PostgreSQL, which the test starts: the gradebook, nbgrader's own commands on it, and the desk."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from grader.cli.doctor import examine
from grader.course.settings import Course
from grader.desk.log import entries
from grader.desk.regrades import About, NotAsked, Regrades
from grader.desk.turns import Turns
from grader.errors import GradebookError
from grader.gradebook.book import CourseGradebook
from grader.gradebook.by_hand import given_by_hand
from grader.gradebook.mark import Mark
from grader.gradebook.records import load_result
from grader.gradebook.rename import rename
from grader.intake.submissions import Submission
from grader.notebook import dumps, loads
from grader.release.build import build
from grader.results import Note, NoteKind, Status
from tests.kit.answers import answered as in_gradebook
from tests.kit.course import (
    COURSE_YML,
    ID,
    RIGHT,
    hand_in,
    make_result,
    make_source,
    release_by_hand,
    write_course,
)
from tests.kit.desk import TestDesk, due_tomorrow
from tests.kit.files import ROOT
from tests.kit.notebooks import answered
from tests.kit.processes import GRADER, free_ports, run_nbgrader

WAIT_S = 120
CONFIG = ROOT / "nbgrader_config.py"
FOLDERS = [os.environ.get("PATH", ""), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
INITDB = shutil.which("initdb", path=os.pathsep.join(FOLDERS))

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not INITDB, reason="PostgreSQL's initdb is not installed"),
]
pytest.importorskip("psycopg", reason="psycopg is not installed (extra `postgresql`)")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server of our own, under an account without rights: it refuses root."""
    assert INITDB
    as_nobody: dict[str, Any] = {
        "user": "nobody",
        "group": pwd.getpwnam("nobody").pw_gid,
        "extra_groups": [],
    }
    account = as_nobody if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if account:
            os.chown(data, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        make = [
            INITDB,
            "--pgdata",
            str(data),
            "--username",
            "grader",
            "--auth",
            "trust",
            "--no-sync",
        ]
        subprocess.run(make, check=True, capture_output=True, cwd="/", **account)
        (port,) = free_ports(1)
        command = [
            str(Path(INITDB).with_name("postgres")),
            "-D",
            str(data),
            "-p",
            str(port),
            "-k",
            "",
        ]
        command += ["-h", "127.0.0.1", "-F"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **account)
        try:
            wait_for(port, process)
            yield f"postgresql://grader@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + WAIT_S
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=grader dbname=postgres").close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.1)


@pytest.fixture(scope="module")
def course(server: str, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose gradebook is a database of that server, with two results in it."""
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE course")
    root = tmp_path_factory.mktemp("course")
    write_course(root)
    (root / "course.yml").write_text(f"{COURSE_YML}gradebook: {server}/course\n")
    shutil.copy(CONFIG, root)
    made = Course.load(root)
    build(made, ID)
    release = loads((made.release_dir(ID) / f"{ID}.ipynb").read_bytes())
    with CourseGradebook(made) as book:
        book.register(release, made.assignment(ID))
        for student, score in (("ada", 4.0), ("bela", 1.0)):
            hand_in(made, student, answered(release, double=RIGHT["double"], why="Because."))
            result = make_result(student, release, double=score, square=2.0, why=None)
            book.store_all([(result, None)])
    return made


def auto_scores(course: Course) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook_url, course.root.name) as book:
        found = book.assignment_submissions(ID)
        return {str(submission.student_id): submission.score for submission in found}


def test_plain_urls_mean_the_installed_driver(course: Course) -> None:
    assert course.gradebook_url.startswith("postgresql+psycopg://grader@127.0.0.1:")


def test_results_are_there_for_nbgrader(course: Course) -> None:
    assert auto_scores(course) == {"ada": 6.0, "bela": 3.0}


def test_formgraders_own_queries_list_the_class(course: Course) -> None:
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    directory = CourseDirectory(
        root=str(course.root),
        db_url=course.gradebook_url,
        source_directory="solutions",
        release_directory="assignments",
    )
    listed = NbGraderAPI(directory).get_submissions(ID)
    assert [(entry["student"], entry["needs_manual_grade"]) for entry in listed] == [
        ("ada", True),
        ("bela", True),
    ]


def test_a_score_by_hand_survives_a_new_grading_and_lateness_is_stored(course: Course) -> None:
    from datetime import UTC, datetime

    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook_url, course.root.name) as book:
        book.find_submission(ID, "ada").notebooks[0].grades[0].manual_score = 0.5
        book.db.commit()
    release = loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())
    late = datetime(2026, 1, 11, 13, 0, tzinfo=UTC)
    with CourseGradebook(course) as ours:
        ours.store_all([(make_result("ada", release, double=4.0, square=2.0, why=None), late)])
        by_hand = ours.manual_scores(ID)["ada"]
        assert list(by_hand.values()) == [0.5]
        assert ours.stored_penalty(ID, "ada") > 0


def test_nbgraders_commands_work_on_it(course: Course) -> None:
    done = run_nbgrader(course.root, "autograde", ID, "--student", "bela", "--force")
    assert done.returncode == 0, done.stderr
    assert auto_scores(course)["bela"] == 4.0  # double is right, square is not done
    done = run_nbgrader(course.root, "generate_feedback", ID, "--student", "bela")
    assert done.returncode == 0, done.stderr
    assert list((course.feedback_dir / "bela").rglob("*.html"))
    done = run_nbgrader(course.root, "export", "--to", "grades.csv")
    assert done.returncode == 0, done.stderr
    assert "bela" in (course.root / "grades.csv").read_text()


def test_what_is_wrong_with_the_server_is_one_line(course: Course) -> None:
    elsewhere = course.model_copy(update={"gradebook": "postgresql://grader@127.0.0.1:1/course"})
    with pytest.raises(GradebookError) as caught, CourseGradebook(elsewhere):
        pass
    assert "\n" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_the_doctor_tells_no_password(course: Course) -> None:
    text = (course.root / "course.yml").read_text()
    (course.root / "course.yml").write_text(text.replace("grader@", "grader:secret@"))
    try:
        found = {finding.name: finding for finding in examine(course.root)}["gradebook"]
    finally:
        (course.root / "course.yml").write_text(text)
    assert found.ok
    assert "127.0.0.1" in found.text and "secret" not in found.text


def test_a_rejected_submission_is_a_row_like_any_other(course: Course) -> None:
    release = loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())
    rejected = make_result("cyd", release)
    rejected = rejected.__class__(
        **{
            **vars(rejected),
            "status": Status.REJECTED,
            "notes": (Note(NoteKind.REJECTED, "Rejected: no notebook."),),
        }
    )
    with CourseGradebook(course) as book:
        book.store_all([(rejected, Submission("cyd", ID, Path("x")).submitted_at)])
    assert auto_scores(course)["cyd"] == 0.0


def test_a_renamed_student_keeps_everything_and_nbgrader_draws_the_same_inputs(
    course: Course,
) -> None:
    run_nbgrader(course.root, "autograde", ID, "--student", "bela", "--force")
    points, before = auto_scores(course), load_result(course, ID, "bela")
    assert "gradebook" in rename(course, "bela", "b.berg")
    points["b.berg"] = points.pop("bela")
    assert auto_scores(course) == points
    done = run_nbgrader(course.root, "autograde", ID, "--student", "b.berg", "--force")
    assert done.returncode == 0, done.stderr
    after = load_result(course, ID, "b.berg")
    assert before and after
    assert (after.questions, after.fingerprint) == (before.questions, before.fingerprint)


def course_with_desk(folder: Path, server: str, database: str) -> Course:
    """A course whose desk has a new database of that server."""
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    write_course(folder)
    with (folder / "course.yml").open("a", encoding="utf-8") as settings:
        settings.write(f"desk: {{database: '{server}/{database}'}}\n")
    course = due_tomorrow(Course.load(folder))
    release_by_hand(course)
    return course


def test_the_desk_keeps_links_and_queue_there_and_gives_each_attempt_out_once(
    server: str, tmp_path: Path
) -> None:
    desk_course = course_with_desk(tmp_path, server, "desk")
    with closing(TestDesk(desk_course)) as desk:
        browser = desk.browser("mira")
        assert [browser.hand_in(make_source()).status_code for _ in range(6)] == [303] * 6
    with closing(TestDesk(desk_course)) as again:
        assert again.browser("mira").get("/assignments/tiny/attempts/6").status_code == 200
        with ThreadPoolExecutor(3) as threads:
            taken = [one for one in threads.map(lambda _: again.receipts.take(), range(9)) if one]
        assert sorted(receipt.number for receipt in taken) == [1, 2, 3, 4, 5, 6]
        again.receipts.end(taken, "done")
        assert again.receipts.again(again.files.now(), ID, "mira", 3, "ada")
        for change in ("UPDATE desk_log SET who = 'eve'", "DELETE FROM desk_log"):
            refused = pytest.raises(DatabaseError, match="never changed")
            with refused, again.state.writing() as connection:
                connection.execute(text(change))
        assert [(entry.who, entry.student) for entry in entries(again.state)] == [("ada", "mira")]
    assert not (tmp_path / "desk.db").exists()


def test_two_servers_mark_one_answer_once_and_ask_one_request_once(
    server: str, tmp_path: Path
) -> None:
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE marks")
    write_course(tmp_path)
    with (tmp_path / "course.yml").open("a", encoding="utf-8") as settings:
        settings.write(f"gradebook: {server}/marks\ndesk: {{database: '{server}/marks'}}\n")
    course = due_tomorrow(Course.load(tmp_path))
    release_by_hand(course)
    in_gradebook(course, dict.fromkeys(("farah", "mira"), "My answer."))
    with closing(TestDesk(course)) as one, closing(TestDesk(course)) as two:
        turns = [Turns(desk.state, ID, "why") for desk in (one, two) * 2]
        with ThreadPoolExecutor(4) as threads:
            tokens = list(threads.map(lambda turn: turn.tokens(["farah", "mira"]), turns))
            assert tokens[0] == tokens[1] == tokens[2] == tokens[3]
            taken = threads.map(lambda n: turns[n].take(f"t{n}", list(tokens[0].values())), (0, 1))
            assert len(set(taken)) == 2

            with CourseGradebook(course) as book:
                answer = book.written_answer(ID, "why", "mira")
            assert answer is not None
            seen = answer.seen

            def give(points: int) -> bool:
                with CourseGradebook(course) as book:
                    return book.give_mark(ID, "why", "mira", seen, Mark(float(points)))

            assert sorted(threads.map(give, (1, 2, 3))) == [False, False, True]
            about = About(ID, 1, "double", "", "")

            def ask(desk: TestDesk) -> bool:
                with suppress(NotAsked):
                    Regrades(desk.state).ask("mira", about, "Why?")
                    return True
                return False

            assert sorted(threads.map(ask, (one, two, one, two))) == [False, False, False, True]
        (regrade,) = Regrades(one.state).open_ones()
        assert Regrades(two.state).answer(regrade, "ada", regrade.last, "So.")
        assert not Regrades(one.state).answer(regrade, "tom", regrade.last, "No.")
        assert not given_by_hand(course, ID, "farah").by_hand
        assert given_by_hand(course, ID, "mira").by_hand.keys() == {"why"}


def test_two_servers_share_one_queue_and_each_tells_of_what_the_other_grades(
    server: str, tmp_path: Path
) -> None:
    shared = course_with_desk(tmp_path, server, "shared")
    with closing(TestDesk(shared)) as desk:
        tokens = [desk.token(name) for name in ("mira", "farah")]
    data = dumps(answered(make_source(), **RIGHT)).encode()
    with desk_server(tmp_path, "one") as one, desk_server(tmp_path, "two") as two:
        for _ in range(2):
            for token in tokens:
                for address in (one, two):
                    assert handed_in(address, token, data) == 202
        for token in tokens:
            for number in range(1, 5):
                for address in (one, two):
                    told = result_of(address, token, number)
                    assert (told["state"], told["score"]) == ("done", 6)
    logs = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.jsonl")]
    events = [json.loads(line) for log in logs for line in log.splitlines()]
    kept = [event["attempt"] for event in events if event["event"] == "kept"]
    assert sorted(kept) == list(range(1, 9))
    assert sum(event["event"] == "closed" for event in events) == 2


@contextmanager
def desk_server(root: Path, name: str) -> Iterator[str]:
    """The address of a server, which is asked to close at the end."""
    command = [*GRADER, "serve", "--port", "0", "--workers", "1", "--log", f"{name}.jsonl"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().partition(" at ")[2].partition(";")[0]
        process.terminate()
        assert process.wait(WAIT_S) == 0
    finally:
        process.kill()
        process.wait(WAIT_S)
        process.stdout.close()


def handed_in(address: str, token: str, data: bytes) -> int:
    place = f"{address}/api/v1/assignments/tiny/attempts"
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(place, headers=headers, files={"notebook": data}, timeout=WAIT_S).status_code


def result_of(address: str, token: str, number: int) -> dict[str, Any]:
    """How an attempt went, as soon as that is known."""
    place = f"{address}/api/v1/assignments/tiny/attempts/{number}"
    headers = {"Authorization": f"Bearer {token}", "Prefer": "wait=30"}
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        told: dict[str, Any] = httpx.get(place, headers=headers, timeout=WAIT_S).json()
        if told["state"] not in ("waiting", "running"):
            break
    return told
