"""Which boxes a machine gives for whose code; and plain boxes, which are for one's own only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from grader.box import launch
from grader.box.client import CallFailure, CallRequest, CallSuccess, CellOutcome
from grader.box.launch import Launcher, PlainLauncher, launcher
from grader.box.session import CodeCell, Session
from grader.box.tiers import Tier
from grader.course.settings import Limits
from grader.errors import BoxError

LIMITS = Limits(cell_timeout_s=10, call_timeout_s=1, output_mib=1)
CELLS = [
    "import helper, os, time, matplotlib.pyplot as plt\nprint(helper.ANSWER, os.listdir())",
    "plt.plot([1, 2]); plt.show()",
    "1 / 0",
    "def f(x): return 2 * x\ndef leave(): os._exit(3)\ndef loop():\n    while True: pass",
    "time.sleep(0.01)\n'done'",
]


def start(boxes: Launcher, sources: Sequence[str], files: dict[str, bytes]) -> Session:
    cells = [CodeCell(i, f"cell {i}", source) for i, source in enumerate(sources)]
    return Session(boxes, files, cells, LIMITS)


# Plain boxes; one interpreter is started for several tests, as that takes a second or two


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where boxes put their scratch folders."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as name:
        tempfile.tempdir = name
        yield Path(name)
        tempfile.tempdir = before


@pytest.fixture(scope="module")
def ran(folder: Path) -> Iterator[tuple[Session, dict[int, CellOutcome]]]:
    with start(PlainLauncher(), CELLS, {"helper.py": b"ANSWER = 42"}) as session:
        yield session, session.execute_cells()


@pytest.fixture
def plain(ran: tuple[Session, dict[int, CellOutcome]]) -> Session:
    return ran[0]


def test_a_plain_box_runs_cells_like_any_other(
    ran: tuple[Session, dict[int, CellOutcome]],
) -> None:
    printing, plotting, failing, defining, last = ran[1].values()
    assert printing.outputs[0]["text"].startswith("42 [")
    assert "image/png" in plotting.outputs[-1]["data"]
    assert (failing.ok, failing.outputs[-1]["ename"]) == (False, "ZeroDivisionError")
    assert defining.ok
    assert last.outputs[-1]["data"]["text/plain"] == "'done'"


def test_a_plain_box_answers_calls(plain: Session) -> None:
    outcome = plain.call(CallRequest("f", [(np.arange(3.0),), (21,)], {}))
    assert isinstance(outcome, CallSuccess)
    assert outcome.values[0].tolist() == [0.0, 2.0, 4.0]
    assert outcome.values[1] == 42


@pytest.mark.slow
def test_a_function_that_leaves_or_loops_in_a_plain_box_costs_itself_only(plain: Session) -> None:
    assert plain.call(CallRequest("leave", [()], {})) == CallFailure(
        "leave ended the Python process (exit status 3)"
    )
    assert isinstance(plain.call(CallRequest("f", [(1,)], {})), CallSuccess)
    assert plain.call(CallRequest("loop", [()], {})) == CallFailure(
        "loop did not finish within 1 s of processor time"
    )


@pytest.mark.slow
def test_a_plain_box_holds_nothing_of_the_environment_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", "swordfish")
    before = set(folder.rglob("*"))
    show = "import os\nprint('PASSWORD' in os.environ)\nos.makedirs('a/b'); os.chmod('a', 0)"
    with start(PlainLauncher(), [show], {}) as session:
        assert session.execute_cells()[0].outputs[0]["text"] == "False\n"
        assert set(folder.rglob("*")) != before
    assert set(folder.rglob("*")) == before


# Which launcher for whose code


class Open:
    """A warm launcher on a machine where nothing can be closed off."""

    tier = Tier.BOUNDS_ONLY
    refusals = ("tier 1: no user namespaces",)
    closed = 0

    def __init__(self, *, orders: object) -> None:
        pass

    def close(self) -> None:
        Open.closed += 1


@pytest.fixture
def nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(launch, "WarmLauncher", Open)
    Open.closed = 0


def test_open_boxes_are_refused_with_the_reason(nothing_works: None) -> None:
    with pytest.raises(BoxError, match=r"tier 1: no user namespaces.*--unsafe"):
        launcher()
    assert Open.closed == 1


@pytest.mark.parametrize("own_code", [True, False])
def test_open_boxes_are_given_on_request(nothing_works: None, own_code: bool) -> None:
    assert isinstance(launcher(own_code=own_code, unsafe=not own_code), Open)
    assert Open.closed == 0


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_without_linux_only_ones_own_code_runs(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert isinstance(launcher(own_code=True), PlainLauncher)
    for unsafe in (False, True):
        with pytest.raises(BoxError, match=f"needs Linux, not {platform}; use WSL2"):
            launcher(unsafe=unsafe)


# What does not fit


def test_helper_files_that_do_not_fit_are_our_error_and_the_next_box_is_fine(
    warm: Launcher,
) -> None:
    too_much = {f"{n}.npz": bytes(33 << 20) for n in range(2)}
    with pytest.raises(BoxError, match=r"helper files \(66\.0 MiB\)"):
        warm.open(too_much, LIMITS)
    box = warm.open({"data.npz": bytes(1 << 20)}, LIMITS)
    size = box.execute("import os; print(os.path.getsize('data.npz'))", 10).outputs[0]["text"]
    box.close()
    assert size == f"{1 << 20}\n"
