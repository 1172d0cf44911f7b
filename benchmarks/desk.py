"""The desk under load: receipts, pages, time to feedback, and what kills cost.

    python benchmarks/desk.py [--students 300] [--within 60] [--readers 50] [--workers 2]
                              [--feedback N] [--kills N] [--database URL] [--scheduler]

Makes courses in a temporary folder and serves each by a real `grader serve` on the loopback
interface. Prints one JSON object with up to three parts:

* `load`: students hand in at random moments while readers read pages with pauses of one to five
  seconds; seconds until the last is graded, from the first notebook on, also as a ratio to
  `grader autograde` on the same notebooks; memory over time.
* `feedback`: one notebook at a time on warm workers, from its last byte to the page with score and
  hints, by browser and by program, and where the time goes.
* `kills`: server and workers get `kill -9` at random moments while notebooks come in; afterwards
  all that was acknowledged has to be there, graded once.

`--database` names an empty PostgreSQL database for the desk; `--scheduler` grades on a Dask cluster
of two workers, which the benchmark starts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from desk_class import ID, DeskClass, Memory, Server, events, grader, make_class, serving
from desk_students import Seen, Student
from measuring import Load
from scale import cluster

SEED = 17
WARM_UP = 6
PATIENCE_S = 1800
KILL_PAUSE_S = (0.5, 3.0)
CLIENTS = 8


@dataclass(frozen=True)
class Setting:
    """How the desks of this run are served.

    Args:
        folder: where courses are made.
        words: options of `grader serve`.
        database: line for course.yml; "" for SQLite.
    """

    folder: Path
    words: tuple[str, ...]
    database: str

    def make(self, name: str, students: int) -> DeskClass:
        """A course for one part of the benchmark."""
        return make_class(self.folder / name, students, self.database, name)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--within", type=float, default=60)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--feedback", type=int, default=0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--database", metavar="URL", default="")
    parser.add_argument("--scheduler", action="store_true")
    wanted = parser.parse_args()
    before = Load()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-")))
        words = ("--workers", str(wanted.workers))
        if wanted.scheduler:
            words = ("--scheduler", stack.enter_context(cluster(folder, wanted.workers)))
        database = f"desk: {{database: '{wanted.database}'}}" if wanted.database else ""
        setting = Setting(folder, words, database)
        found: dict[str, Any] = {"cores": len(os.sched_getaffinity(0)), "options": vars(wanted)}
        if wanted.students:
            found["load"] = load(setting, wanted.students, wanted.within, wanted.readers)
        if wanted.feedback:
            found["feedback"] = asyncio.run(feedback(setting, wanted.feedback))
        if wanted.kills:
            found["kills"] = asyncio.run(kills(setting, wanted.kills))
        print(json.dumps({**found, "machine": before.report()}, indent=1))


def load(setting: Setting, students: int, within_s: float, readers: int) -> dict[str, Any]:
    """Many students hand in at once, while others read."""
    group, seen = setting.make("load", students), Seen()
    with serving(group.root, setting.words) as server, Memory(server) as memory:
        asyncio.run(_rush(server, group, seen, within_s, readers))
        figures_s = _await_figures(group.root)
        told = events(server.log)
        found = memory.report()
    first, last = _span(told)
    desk_s = last - first
    counts = Counter(one["attempt"] for one in told if one["event"] == "kept")
    lost = len(_missing(group, seen.acknowledged))
    alone_s = _autograde_s(setting, group)
    return {
        "acknowledged": len(seen.acknowledged),
        "refused": dict(Counter(seen.refused)),
        "lost": lost,
        "twice": sum(count > 1 for count in counts.values()),
        "receipts_s": _spread(seen.receipts),
        "pages_s": {"pages": len(seen.pages), **_spread(seen.pages)},
        "feedback_s": _spread(seen.feedback),
        "last_graded_s": round(desk_s, 1),
        "autograde_s": round(alone_s, 1),
        "ratio": round(desk_s / alone_s, 2),
        "figures_later": sum(one["event"] == "drawn" for one in told),
        "until_all_figures_s": round(desk_s + figures_s, 1),
        "memory": found,
    }


async def _rush(
    server: Server, group: DeskClass, seen: Seen, within_s: float, readers: int
) -> None:
    chance, enough = random.Random(SEED), asyncio.Event()
    names = list(group.tokens)
    everybody = [Student(server.address, group, name, seen) for name in names]
    reading = [
        asyncio.create_task(one.read(enough, random.Random(number)))
        for number, one in enumerate(everybody[:readers])
    ]
    handing_in = [one.hand_in(chance.uniform(0, within_s)) for one in everybody]
    await asyncio.wait_for(asyncio.gather(*handing_in), PATIENCE_S)
    enough.set()
    await asyncio.gather(*reading)


def _await_figures(root: Path) -> float:
    """Seconds until no record waits for its figures."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_S:
        heads = (path.open("rb") for path in (root / "results" / ID).glob("*.json"))
        if not any(b'"figures": "later"' in _head(file) for file in heads):
            break
        time.sleep(0.2)
    return time.perf_counter() - began


def _head(file: Any) -> bytes:
    with file:
        return bytes(file.read(200))


def _span(told: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """When the first notebook was handed in, and when the last result was kept."""
    return (
        min(_moment(one) - one["seconds"] for one in told if one["event"] == "handed in"),
        max(_moment(one) for one in told if one["event"] == "kept"),
    )


def _moment(event: dict[str, Any]) -> float:
    from datetime import datetime

    return datetime.fromisoformat(event["at"]).timestamp()


def _missing(group: DeskClass, acknowledged: Iterable[tuple[str, int, str]]) -> list[Any]:
    """What was acknowledged, and is not on disk as it was sent with a result beside it."""
    missing = []
    for student, number, digest in acknowledged:
        folder = group.root / "attempts" / ID / student / str(number)
        notebook = folder / f"{ID}.ipynb"
        is_there = notebook.is_file() and sha256(notebook.read_bytes()).hexdigest() == digest
        if not (is_there and (folder / "result.json").is_file()):
            missing.append((student, number))
    return missing


def _autograde_s(setting: Setting, group: DeskClass) -> float:
    """Seconds that `grader autograde` takes for the same notebooks in a course of their own."""
    root = setting.folder / "alone"
    kept = ("results", "autograded", "gradebook.db*", "desk.db*", "attempts", "events.jsonl")
    shutil.copytree(group.root, root, ignore=shutil.ignore_patterns(*kept))
    began = time.perf_counter()
    grader(root, "autograde", ID, *setting.words)
    return time.perf_counter() - began


async def feedback(setting: Setting, count: int) -> dict[str, Any]:
    """One notebook after the other, on warm workers."""
    group, seen = setting.make("feedback", count + WARM_UP), Seen()
    names = list(group.tokens)
    rows: dict[str, list[dict[str, float]]] = {"browser": [], "program": []}
    with serving(group.root, setting.words) as server:
        for name in names[:WARM_UP]:
            await Student(server.address, group, name, seen).hand_in()
        for number, name in enumerate(names[WARM_UP:]):
            student, way = Student(server.address, group, name, seen), list(rows)[number % 2]
            done = await (student.hand_in() if way == "browser" else student.hand_in_by_program())
            rows[way].append(_breakdown(done, events(server.log)))
    return {
        way: {name: _spread(one[name] for one in found) for name in found[0]}
        for way, found in rows.items()
        if found
    }


def _breakdown(done: dict[str, float], told: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Where the time of the latest attempt went, in seconds."""
    latest = [one for one in told if one.get("attempt") == _last(told)]
    by_event = {one["event"]: one for one in latest}
    queued_s = by_event["handed in"]["seconds"]
    graded, kept = by_event["graded"], by_event["kept"]
    total_s = done["shown"] - done["began"]
    return {
        "total_s": total_s,
        "over_grading_s": total_s - graded["seconds"],
        "received_to_queued_s": queued_s,
        "queued_to_taken_s": by_event["taken"]["waited_s"] - queued_s,
        "taken_to_graded_s": _moment(graded) - _moment(by_event["taken"]),
        "grading_s": graded["seconds"],
        "graded_to_kept_s": _moment(kept) - _moment(graded),
        "kept_to_shown_s": done["shown"] - _moment(kept),
    }


def _last(told: Sequence[dict[str, Any]]) -> int:
    """The number of the latest attempt."""
    return max(int(one["attempt"]) for one in told if "attempt" in one)


async def kills(setting: Setting, count: int) -> dict[str, Any]:
    """Kill server and workers at random moments while notebooks come in."""
    group, seen, chance = setting.make("kills", 60), Seen(), random.Random(SEED)
    killed: Counter[str] = Counter()
    with _killed(setting, group) as (restart, current):
        enough = asyncio.Event()
        clients = [
            asyncio.create_task(_insist(current, group, number, seen, enough))
            for number in range(CLIENTS)
        ]
        for _ in range(count):
            await asyncio.sleep(chance.uniform(*KILL_PAUSE_S))
            what = chance.choice(("server", "worker"))
            workers = await _workers(current[0]) if what == "worker" else []
            if workers:
                os.kill(chance.choice(workers), signal.SIGKILL)
            else:
                await asyncio.to_thread(restart)
            killed["worker" if workers else "server"] += 1
        enough.set()
        await asyncio.gather(*clients)
        await _emptied(current[0])
        told = events(current[0].log)
    counts = Counter(one["attempt"] for one in told if one["event"] == "kept")
    summary = json.loads(grader(group.root, "autograde", ID, "--json", *setting.words))
    without = _without_receipt(group, seen)
    left = {one["student"] for one in summary["submissions"]} - without.keys()
    return {
        "killed": dict(killed),
        "acknowledged": len(seen.acknowledged),
        "lost": len(_missing(group, seen.acknowledged)),
        "kept_twice": sum(n > 1 for n in counts.values()),
        "numbers_twice": len(seen.acknowledged) - len({one[:2] for one in seen.acknowledged}),
        "on_disk_without_receipt": sum(without.values()),
        "left_to_grade": len(left),
        "failed": sum(one["event"] == "failed" for one in told),
    }


async def _workers(server: Server) -> list[int]:
    """The workers of a desk, which has some soon after its start; those of Dask are not its own."""
    until = time.monotonic() + 10
    while not server.workers and time.monotonic() < until:
        await asyncio.sleep(0.1)
    return server.workers


def _without_receipt(group: DeskClass, seen: Seen) -> dict[str, int]:
    """How many attempts reached the disk before a kill took the answer away, by student."""
    found = {
        name: len(list((group.root / "attempts" / ID / name).glob("*/attempt.json")))
        - sum(student == name for student, _, _ in seen.acknowledged)
        for name in group.tokens
    }
    return {name: count for name, count in found.items() if count}


@contextmanager
def _killed(setting: Setting, group: DeskClass) -> Iterator[Any]:
    """A desk, a function that kills it and starts it again, and a list with the running one."""
    with ExitStack() as stack:
        current = [stack.enter_context(serving(group.root, setting.words))]
        port = int(current[0].address.rpartition(":")[2])

        def restart() -> None:
            current[0].process.kill()
            current[0].process.wait()
            current[0] = stack.enter_context(serving(group.root, setting.words, port))

        yield restart, current


async def _insist(
    current: list[Server], group: DeskClass, number: int, seen: Seen, enough: asyncio.Event
) -> None:
    """Hand in again and again; whoever got no receipt has handed in nothing, and tries again."""
    chance, names = random.Random(SEED + number), list(group.tokens)[number::CLIENTS]
    while not enough.is_set():
        name = chance.choice(names)
        headers = {
            "Authorization": f"Bearer {group.tokens[name]}",
            "X-Forwarded-For": f"10.1.{number}.{names.index(name)}",
        }
        files = {"notebook": (f"{ID}.ipynb", group.notebooks[name])}
        try:
            async with httpx.AsyncClient(timeout=30, headers=headers) as client:
                place = f"{current[0].address}/api/v1/assignments/{ID}/attempts"
                answer = await client.post(place, files=files)
            if answer.status_code == 202:
                told = answer.json()
                seen.acknowledged.append((name, told["attempt"], told["sha256"]))
        except httpx.HTTPError:
            pass  # it was killed meanwhile
        await asyncio.sleep(chance.uniform(1, 4))


async def _emptied(server: Server) -> None:
    until = time.monotonic() + PATIENCE_S
    async with httpx.AsyncClient(base_url=server.address, timeout=30) as client:
        while (await client.get("/healthz")).json()["queue"]:
            if time.monotonic() > until:
                sys.exit("the queue is not empty after half an hour")
            await asyncio.sleep(0.5)


def _spread(values: Iterable[float]) -> dict[str, float]:
    """Median, 95th percentile and largest of some seconds."""
    found = sorted(values)
    if not found:
        return {}
    p95 = found[min(round(0.95 * len(found)), len(found) - 1)]
    return {
        "median": round(statistics.median(found), 3),
        "p95": round(p95, 3),
        "largest": round(found[-1], 3),
    }


if __name__ == "__main__":
    main()
