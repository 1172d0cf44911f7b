"""A real server, which is killed as a power cut would end it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.box.jail import family
from grader.course.settings import Course
from grader.notebook import Notebook, dumps, grade_id
from tests.kit.course import RIGHT, make_source, release_by_hand
from tests.kit.desk import due_tomorrow
from tests.kit.processes import GRADER, NOWHERE, grader_here, is_worker

pytestmark = pytest.mark.linux
WAIT_S = 120


@dataclass
class Server:
    """A running `grader serve`."""

    process: subprocess.Popen[str]
    address: str

    @property
    def workers(self) -> list[int]:
        return [pid for pid in family.descendants(self.process.pid) if is_worker(pid)]


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    command = [*GRADER, "serve", "--port", "0", "--workers", "1", "--log", "events.jsonl"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        yield Server(process, told.partition(" at ")[2].partition(";")[0])
    finally:
        process.kill()
        process.wait(WAIT_S)
        assert process.stdout is not None
        process.stdout.close()


def submit(course: Course, server: Server, student: str, *words: str) -> dict[str, object]:
    """Hand in with the student's link; the port is another one after each start."""
    rows = csv.DictReader((course.root / "links.csv").read_text(encoding="utf-8").splitlines())
    token = next(row["link"] for row in rows if row["id"] == student).rpartition("/")[2]
    link = course.root / "link.txt"
    link.write_text(f"{server.address}/in/{token}\n", encoding="utf-8")
    done = grader_here(
        course.root, "submit", "tiny.ipynb", "--link-file", "link.txt", "--json", *words
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def answered() -> Notebook:
    notebook = make_source()
    for cell in notebook["cells"]:
        cell["source"] = RIGHT.get(grade_id(cell) or "", cell["source"])
    return notebook


def records(course: Course) -> dict[str, float]:
    found = {}
    for path in course.results_dir("tiny").glob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = sum(q["score"] or 0 for q in data["questions"])
    return found


def events(course: Course) -> list[tuple[str, int | None]]:
    """What the servers told of attempts and of themselves, in order."""
    lines = (course.root / "events.jsonl").read_text(encoding="utf-8").splitlines()
    told = map(json.loads, lines)
    return [(one["event"], one.get("attempt")) for one in told if one["event"] != "request"]


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_graded_twice_when_server_and_worker_are_killed(
    course: Course,
) -> None:
    course = due_tomorrow(course)
    release_by_hand(course)
    (course.root / "tiny.ipynb").write_text(dumps(answered()), encoding="utf-8")
    assert grader_here(course.root, "invite").returncode == 0
    with serving(course.root) as server:
        submit(course, server, "mira", "--no-wait")
        submit(course, server, "farah", "--no-wait")
        server.process.kill()  # at any moment of their grading
        server.process.wait(WAIT_S)
    with serving(course.root) as server:
        second = grader_here(course.root, *NOWHERE)
        assert second.returncode == 2 and "another `grader serve`" in second.stderr
        told = submit(course, server, "mira", "--no-wait")
        assert told["attempt"] == 2
        until = time.monotonic() + WAIT_S
        while not server.workers and time.monotonic() < until:
            time.sleep(0.005)
        for pid in server.workers:
            os.kill(pid, signal.SIGKILL)
        told = submit(course, server, "farah")
        assert (told["attempt"], told["state"], told["score"]) == (2, "done", 6)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(WAIT_S) == 0
    assert records(course) == {"mira": 6, "farah": 6}
    for student in ("mira", "farah"):
        numbers = sorted(p.name for p in (course.attempts_dir / "tiny" / student).iterdir())
        assert numbers == ["1", "2"]
        for number in numbers:
            assert (course.attempts_dir / "tiny" / student / number / "result.json").is_file()
    seen = events(course)
    assert seen[-2:] == [("closing", None), ("closed", None)]
    kept = [number for event, number in seen if event == "kept"]
    assert len(kept) == len(set(kept)) and {3, 4} <= set(kept)  # a kill may cost a line
    summary = grader_here(course.root, "autograde", "tiny", "--json")
    assert json.loads(summary.stdout)["unchanged"] == 2


@pytest.mark.slow
def test_a_port_that_is_taken_is_told_in_one_line(course: Course) -> None:
    refused = grader_here(course.root, *NOWHERE)
    assert refused.returncode == 2
    assert "name another --host or --port" in refused.stderr and "Trace" not in refused.stderr
