"""Run tests and print which cost most: `python scripts/durations.py [ARGUMENTS OF PYTEST]`.

Costs are processor time of pytest and of all that its tests started, which depends on the
neighbours of a machine far less than the time on the clock does. What tests share, they pay for in
equal parts. Files of tests come first, with both times: where the clock runs on and no processor
works, a test waits. Then come the tests that break the rule of `make test-fast`, either way; what a
mark spares shows only if these tests run too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = "DURATIONS_FOLDER"
TICKS = os.sysconf("SC_CLK_TCK")
SHOWN = 10
SLOW_S, SLOW_TOGETHER_S = 0.25, 1.0  # one test; all cases of one
LEFT_OUT = ("attack", "browser", "cluster", "postgresql")  # by `make test-fast`, beside slow ones

Times = tuple[float, float]  # of processors, and on the clock
_shared: list[Times] = []  # what fixtures took that tests share


@dataclass(frozen=True)
class Fixture:
    """One that tests share.

    Args:
        name: its name.
        place: where it can be used: the first part of the names of these tests.
        taken: what it took in all.
    """

    name: str
    place: str
    taken: Times


@dataclass(frozen=True)
class Test:
    """What one test took.

    Args:
        name: as pytest writes it.
        mark: "slow", "left out" for another reason, or "".
        fixtures: names of those that it used.
        taken: without what it shares.
    """

    __test__ = False

    name: str
    mark: str
    fixtures: tuple[str, ...]
    taken: Times

    @property
    def kind(self) -> str:
        """Its file."""
        return self.name.partition("::")[0]

    @property
    def function(self) -> str:
        """Its name without a case."""
        return self.name.partition("[")[0]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note what one test took."""
    start, before = _now(), len(_shared)
    result = yield
    fixtures = getattr(item, "fixturenames", ())
    _note("test", item.nodeid, _mark(item), list(fixtures), _taken(start, before))
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[Any]:
    """Note what it took to make a fixture that tests share."""
    start, before = _now(), len(_shared)
    result = yield
    if fixturedef.scope != "function":
        _shared.append(_taken(start, before))
        _note("fixture", fixturedef.argname, fixturedef.baseid, _shared[-1])
    return result


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what it took to start and to find the tests."""
    _note("test", "(to start and to collect)", "left out", [], (_now()[0], 0.0))


def _mark(item: pytest.Item) -> str:
    if any(map(item.get_closest_marker, LEFT_OUT)):
        return "left out"
    return "slow" if item.get_closest_marker("slow") else ""


def _note(*what: object) -> None:
    with Path(os.environ[FOLDER], str(os.getpid())).open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")


def _now() -> Times:
    ticks = sum(_ticks(pid) for pid in _with_descendants(os.getpid()))
    return ticks / TICKS, time.monotonic()


def _taken(start: Times, before: int) -> Times:
    """What passed since then, without the shared fixtures that were made after the first few."""
    now, others = _now(), _shared[before:]
    processor_s, clock_s = (now[n] - start[n] - sum(one[n] for one in others) for n in range(2))
    return processor_s, clock_s


def _with_descendants(pid: int) -> Iterator[int]:
    """This process, its living descendants, and with them all children that were waited for."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(path).split():
            yield from _with_descendants(int(child))


def _ticks(pid: int) -> int:
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # a process that has ended
        return ""


def costs(folder: Path) -> dict[Test, Times]:
    """What each test cost, with its part of what it shares."""
    tests: list[Test] = []
    fixtures: list[Fixture] = []
    for path in folder.iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            what, name, place, *rest, taken = json.loads(line)
            if what == "fixture":
                fixtures.append(Fixture(name, place, tuple(taken)))
            else:
                tests.append(Test(name, place, tuple(rest[0]), tuple(taken)))
    found = {test: list(test.taken) for test in tests}
    for fixture, users in _users(tests, fixtures).items():
        for test in users:
            for n, taken in enumerate(fixture.taken):
                found[test][n] += taken / len(users)
    return {test: (processor_s, clock_s) for test, (processor_s, clock_s) in found.items()}


def _users(tests: Iterable[Test], fixtures: Iterable[Fixture]) -> dict[Fixture, list[Test]]:
    """Who used a fixture: of several with one name, a test uses the nearest."""
    users: dict[Fixture, list[Test]] = defaultdict(list)
    by_name: dict[str, list[Fixture]] = defaultdict(list)
    for fixture in fixtures:
        by_name[fixture.name].append(fixture)
    for test in tests:
        for name in test.fixtures:
            near = [one for one in by_name[name] if test.name.startswith(one.place)]
            nearest = max((len(one.place) for one in near), default=0)
            for fixture in near:
                if len(fixture.place) == nearest:
                    users[fixture].append(test)
    return users


def print_files(taken: dict[Test, Times]) -> None:
    """The files of tests that cost most."""
    kinds: dict[str, list[Times]] = defaultdict(list)
    for test, times in taken.items():
        kinds[test.kind].append(times)
    rows = [(sum(p for p, _ in all_), sum(c for _, c in all_), n) for n, all_ in kinds.items()]
    print("\nprocessor s   clock s   tests")
    for processor_s, clock_s, kind in sorted(rows, reverse=True)[:SHOWN]:
        print(f"{processor_s:11.1f}{clock_s:10.1f}{len(kinds[kind]):8d}   {kind}")
    print(f"{sum(row[0] for row in rows):11.1f} of all {len(kinds)} kinds")


def print_breaches(taken: dict[Test, Times]) -> None:
    """The tests that break the rule of `make test-fast`.

    Of a slow test with cases one may be fast, so that something is tried.
    """
    functions: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for test, (processor_s, _) in taken.items():
        if test.mark != "left out":
            functions[test.function].append((test.mark, processor_s))
    breaches = {name: _breach(cases) for name, cases in functions.items()}
    for n, title in enumerate(("not marked as slow", "marked as slow, and cheap")):
        print(f"\nprocessor s   tests that are {title}")
        for name, costs_s in sorted(breaches.items(), key=lambda breach: -breach[1][n]):
            if costs_s[n]:
                print(f"{costs_s[n]:11.2f}   {name}")


def _breach(cases: list[tuple[str, float]]) -> Times:
    """What unmarked cases cost if that is too much, and marked ones if it is little; or 0."""
    fast, marked = ([s for mark, s in cases if bool(mark) is slow] for slow in (False, True))
    is_kept = len(fast) == 1 < len(cases)
    return (
        sum(fast) if _is_slow(fast) and not is_kept else 0.0,
        sum(marked) if not _is_slow([s for _, s in cases]) else 0.0,
    )


def _is_slow(cases_s: list[float]) -> bool:
    return max(cases_s, default=0.0) > SLOW_S or sum(cases_s) > SLOW_TOGETHER_S


def main(arguments: list[str]) -> int:
    """Run them, print the tables, and return the exit code of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        env = {**os.environ, FOLDER: folder, "PYTHONPATH": path}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # as `make` does
        command = [sys.executable, "-m", "pytest", "-p", "durations", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=env).returncode
        taken = costs(Path(folder))
    print_files(taken)
    print_breaches(taken)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
