"""The kernel's bound on all processes of a box, with real groups where they can be made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.box.jail import cgroup
from grader.box.launch import WarmLauncher
from grader.box.session import CodeCell, Session
from grader.course.settings import Limits


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the kernel's, for code that only reads there."""
    monkeypatch.setattr(cgroup, "ROOT", tmp_path)
    return tmp_path


def own(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    groups = cgroup.ROOT / "own"
    groups.write_text("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(cgroup, "OWN_GROUPS", groups)


def test_version_2_needs_both_controllers_handed_down(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(monkeypatch, "0::/user.slice/grading")
    folder = tree / "user.slice" / "grading"
    folder.mkdir(parents=True)
    (folder / "cgroup.subtree_control").write_text("memory\n")
    assert cgroup.parents_v2() == ()
    (folder / "cgroup.subtree_control").write_text("cpu memory pids\n")
    assert cgroup.parents_v2() == (folder,)


def test_version_2_makes_its_group_beside_our_own_which_holds_processes(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tree / "user@1000.service" / "app.slice"
    (folder / "run.scope").mkdir(parents=True)
    (folder / "run.scope" / "cgroup.subtree_control").write_text("\n")
    (folder / "cgroup.subtree_control").write_text("memory pids\n")
    own(monkeypatch, "0::/user@1000.service/app.slice/run.scope")
    assert cgroup.parents_v2() == (folder,)
    own(monkeypatch, "0::/")
    (tree.parent / "cgroup.subtree_control").write_text("memory pids\n")
    assert cgroup.parents_v2() == ()


def test_version_1_needs_a_group_of_each_controller(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(monkeypatch, "8:pids:/", "4:cpu,cpuacct:/x", "0::/")
    assert cgroup.parents_v1() == ()
    own(monkeypatch, "8:pids:/", "4:memory:/x")
    assert cgroup.parents_v1() == (tree / "memory" / "x", tree / "pids")


def test_groups_of_processes_that_have_ended_are_removed(tmp_path: Path) -> None:
    alive, ended = (tmp_path / f"grader-box-{pid}" for pid in (os.getpid(), 2**30))
    alive.mkdir()
    ended.mkdir()
    (tmp_path / "somebody-elses-2").mkdir()
    cgroup.remove_leftovers((tmp_path,))
    assert sorted(path.name for path in tmp_path.iterdir()) == [alive.name, "somebody-elses-2"]


def test_kills_for_memory_are_counted_in_both_versions(tmp_path: Path) -> None:
    (tmp_path / "memory.events").write_text("low 0\nmax 3\noom 2\noom_kill 2\n")
    assert cgroup.ControlGroup(2, (tmp_path,)).oom_kills() == 2
    (tmp_path / "memory.events").rename(tmp_path / "memory.oom_control")
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    assert cgroup.ControlGroup(1, (tmp_path,)).oom_kills() == 1


@pytest.fixture
def grouped() -> Iterator[WarmLauncher]:
    launcher = WarmLauncher()
    if not launcher.cgroup_version:
        launcher.close()
        pytest.skip("no control group can be made here")
    yield launcher
    launcher.close()


@pytest.mark.slow
def test_the_kernel_ends_a_bomb_that_is_quicker_than_the_watch(
    grouped: WarmLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen processes of 60 MiB each, at once; none is above its own limit."""
    bomb = (
        "import os, time\n"
        "for _ in range(16):\n"
        "    if os.fork() == 0:\n"
        "        hog = bytearray(os.urandom(1) * (60 << 20)); time.sleep(20); os._exit(0)\n"
        "time.sleep(20)"
    )
    cells = [CodeCell(0, "bomb", bomb), CodeCell(1, "after", "print('still here')")]
    limits = Limits(cell_timeout_s=15, submission_timeout_s=60, memory_mib=256)
    with Session(grouped, {}, cells, limits) as session:
        outcomes = session.execute_cells()
    assert "used more than 256 MiB of memory" in outcomes[0].died
    assert outcomes[1].outputs[0]["text"] == "still here\n"


@pytest.mark.slow
def test_nothing_of_the_group_is_left_when_the_zygote_ends(grouped: WarmLauncher) -> None:
    parents = (*cgroup.parents_v2(), *cgroup.parents_v1())
    before = {path for parent in parents for path in parent.glob("grader-box-*")}
    assert before
    grouped.close()
    after = {path for parent in parents for path in parent.glob("grader-box-*")}
    assert len(after) < len(before)
