"""The attacks of tests/attacks against stock nbgrader: which gain points, which hurt others.

    python benchmarks/attacks.py [--only NAME…] [--table]

The course is one for stock nbgrader, with hidden tests in the notebook. Each attack is handed in,
and `nbgrader autograde` runs on it and on an honest submission after it. Prints one JSON object;
with --table, also a table on stderr. Attacks that could hurt this machine are not run, but listed.
The others run in namespaces of their own, where every file outside is read-only. Needs Linux, and
root or user namespaces.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from nbgrader.api import Gradebook, MissingEntry  # noqa: E402 — the checkout comes first
from nbgrader.apps import NbGraderApp  # noqa: E402

from grader import notebook  # noqa: E402
from grader.box.jail import kernel, namespaces  # noqa: E402
from tests.attacks.box_attacks import SUCCEEDED, Attack, load_attacks  # noqa: E402
from tests.attacks.course import HONEST, ID, POINTS, SECRET, make_submission  # noqa: E402
from tests.attacks.world import open_doors  # noqa: E402

TIMEOUT_S = 90
CELL_TIMEOUT_S = 10
MARK = "grader-attack"
MIB = 1 << 20
PR_SET_DUMPABLE = 4
CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = {CELL_TIMEOUT_S}
"""
CHECKS = {
    "before": "np.testing.assert_allclose(before(np.arange(4.0)), 3 * np.arange(4.0))",
    "target": "x = np.array([0.3, -1.2, 2.0])\n"
    "first, second = target(lambda v: 3 * v + 1, x)\n"
    "np.testing.assert_allclose(first, [1.9, -2.6, 7.0])\n"
    "np.testing.assert_allclose(second, 1.1)",
    "after": "np.testing.assert_allclose(after(np.ones(5), np.arange(5.0)), 10.0)",
}
Outcome = dict[str, Any]


def main() -> None:
    """Attack and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help="names of attacks")
    parser.add_argument("--table", action="store_true", help="print a table to stderr too")
    arguments = parser.parse_args()
    attacks = [a for a in load_attacks() if not arguments.only or a.name in arguments.only]
    template = in_jail(make_template)
    if "files" not in template:
        sys.exit(f"stock nbgrader grades no honest submission here: {template}")
    outcomes = {attack.name: run(attack, template["files"]) for attack in attacks}
    print(json.dumps({"summary": summary(outcomes), "attacks": outcomes}, indent=1))
    if arguments.table:
        print(table(attacks, outcomes), file=sys.stderr)


def run(attack: Attack, files: dict[str, str]) -> Outcome:
    """Run one attack against stock nbgrader.

    Args:
        attack: the attack.
        files: the course, as `make_template` made it.

    Returns:
        What `attacked` returns, or the reason why the attack was left out.
    """
    if not attack.stock:
        return {"left_out": "no counterpart"}
    if attack.hazard:
        return {"left_out": attack.hazard}
    outcome = in_jail(lambda: attacked(attack, files))
    print(f"{attack.name}: {outcome}", file=sys.stderr)
    return outcome


# In the jail


def make_template() -> Outcome:
    """Make a released course with one graded submission.

    Returns:
        Its files in hexadecimal digits, by path; nbgrader's log if the grading failed.
    """
    hand_out()
    hand_in("aaron", make_submission(HONEST))
    finished = nbgrader("generate_assignment", ID) and nbgrader("autograde", ID)
    if not finished or grades("aaron") != POINTS:
        return {"log": Path("log").read_text()[-2000:]}
    paths = [path for path in Path().rglob("*") if path.is_file()]
    return {"files": {str(path): path.read_bytes().hex() for path in paths}}


def hand_out() -> None:
    """Write the instructor's notebook, with the hidden tests in it."""
    source = make_submission(HONEST)
    for cell in source["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        if name in HONEST:
            lines = HONEST[name].split("\n")
            body = ["    ### BEGIN SOLUTION", *lines[1:], "    ### END SOLUTION"]
            cell["source"] = "\n".join([lines[0], *body])
        elif name.removeprefix("test_") in CHECKS:
            hidden = f'"{SECRET}"\n{CHECKS[name.removeprefix("test_")]}'
            cell["source"] += f"\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    write(Path("nbgrader_config.py"), CONFIG)
    write(Path("source", ID, f"{ID}.ipynb"), notebook.dumps(source))


def hand_in(student: str, document: dict[str, Any]) -> None:
    """Write a submission.

    Args:
        student: who hands it in.
        document: the notebook.
    """
    write(Path("submitted", student, ID, f"{ID}.ipynb"), notebook.dumps(document))


def write(path: Path, text: str) -> None:
    """Write a file, and the folders that it needs.

    Args:
        path: the file.
        text: its content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def attacked(attack: Attack, files: dict[str, str]) -> Outcome:
    """Hand in the attack and honest work after it, grade both, and look for damage.

    Args:
        attack: the attack.
        files: the course, as `make_template` made it.

    Returns:
        Points that the attack gained, whether it lost its own honest work, whether it hurt the
        other submission, whether it reached outside, and the seconds of the run.
    """
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(data))
    doors = dict(open_doors(MARK, "/tmp/door"))
    with subprocess.Popen(["sleep", "1000"]) as sentinel:
        outside = surroundings(doors, sentinel.pid)
        hand_in("mallory", attack.submission(outside, stock=True))
        hand_in("zoe", make_submission(HONEST))
        start = time.monotonic()
        in_time = nbgrader("autograde", ID)
        seconds = round(time.monotonic() - start, 1)
        survived = sentinel.poll() is None
        sentinel.kill()
    own = grades("mallory")
    others_kept = grades("zoe") == grades("aaron") == POINTS
    return {
        "points": own.get("target", 0.0),
        "lost_own": any(own.get(name, 0.0) < POINTS[name] for name in ("before", "after")),
        "hurt_others": not (in_time and others_kept),
        "reached_outside": not survived or has_leaked(),
        "seconds": seconds,
    }


def surroundings(doors: dict[str, socket.socket], sentinel: int) -> dict[str, Any]:
    """Describe this place to the attack, as `World.outside` in tests/attacks/world.py does.

    Args:
        doors: open sockets that the attack may try, by name.
        sentinel: id of a process that the attack may try to kill.
    """
    home = Path("/tmp/home")
    write(home / ".ssh" / "id_ed25519", SECRET)
    return {
        "course": str(Path.cwd()),
        "assignment": ID,
        "home": str(home),
        "temporary": "/tmp",
        "port": doors["tcp"].getsockname()[1],
        "udp_port": doors["udp"].getsockname()[1],
        "abstract": MARK,
        "socket": "/tmp/door",
        "sentinel": sentinel,
        "judge": sentinel + 1,  # nbgrader is started next
        "mark": MARK,
        "site_packages": str(Path(notebook.__file__).parent.parent),
        "kit": str(Path(notebook.__file__).parent),
    }


def nbgrader(*arguments: str) -> bool:
    """Run nbgrader in a child process; False if it did not end in time and was killed."""
    child = os.fork()
    if child == 0:
        log = os.open("log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        kernel.prctl(PR_SET_DUMPABLE, 1)
        try:
            NbGraderApp.launch_instance(argv=list(arguments))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    in_time = ends_within(child, TIMEOUT_S)
    end_all_others()
    return in_time


def ends_within(child: int, seconds: float) -> bool:
    """Wait for a child, and meanwhile reap all others.

    Args:
        child: process id.
        seconds: how long to wait at most.

    Returns:
        Whether the child ended in time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == child:
            return True
        time.sleep(0.05)
    return False


def end_all_others() -> None:
    """Kill all other processes: we are process 1 of our namespace, so nbgrader left them."""
    own = {os.getpid()}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        pid = int(path.parent.name)
        if pid not in own and path.exists() and not path.read_bytes().startswith(b"sleep\0"):
            os.kill(pid, signal.SIGKILL)


def grades(student: str) -> dict[str, float]:
    """Points by question in nbgrader's gradebook; empty if the student is not in it."""
    with Gradebook(f"sqlite:///{Path.cwd()}/gradebook.db") as book:
        try:
            found = book.find_submission_notebook(ID, ID, student).grades
        except MissingEntry:
            return {}
        return {grade.name.removeprefix("test_"): float(grade.score) for grade in found}


def has_leaked() -> bool:
    """Whether the attack says that it succeeded, or shows a hidden test."""
    path = Path("autograded", "mallory", ID, f"{ID}.ipynb")
    try:
        cells = json.loads(path.read_text())["cells"]
    except OSError:
        return False
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells]
    pairs = zip(names, cells, strict=True)
    own = json.dumps([cell.get("outputs") for name, cell in pairs if name in ("target", "")])
    return SUCCEEDED in own or SECRET in own


# The jail itself


def in_jail(work: Callable[[], Outcome]) -> Outcome:
    """Do some work in a fork that cannot hurt anything outside; returns what it returned."""
    read, write_ = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _enter_jail()
        inner = os.fork()
        if inner:
            os.waitpid(inner, 0)
            os._exit(0)
        _answer(work, write_)
    os.close(write_)
    with os.fdopen(read) as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else {"left_out": "the jail did not open"}


def _enter_jail() -> None:
    uid, gid = os.getuid(), os.getgid()
    everything = namespaces.EVERYTHING & ~namespaces.CLONE_NEWCGROUP
    if uid:
        kernel.unshare(namespaces.CLONE_NEWUSER | everything)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    else:
        kernel.unshare(everything)


def _answer(work: Callable[[], Outcome], pipe: int) -> None:
    try:
        namespaces.die_with_parent()
        _confine()
        os.write(pipe, json.dumps(work()).encode())
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _confine() -> None:
    """Allow writing in a small /tmp only, and loopback only; drop capabilities, set bounds."""
    kernel.mount("none", "/", None, namespaces.MS_REC | namespaces.MS_PRIVATE)
    for line in reversed(Path("/proc/self/mountinfo").read_text().splitlines()):
        _make_read_only(line.split()[4])
    kernel.mount("proc", "/proc", "proc", namespaces.MS_NOSUID)
    kernel.mount("tmp", "/tmp", "tmpfs", namespaces.MS_NOSUID, "size=512m,mode=1777")
    kernel.mount("tmp", "/dev/shm", "tmpfs", namespaces.MS_NOSUID, "size=16m,mode=1777")
    _raise_loopback()
    os.environ |= {"HOME": "/tmp/home", "TMPDIR": "/tmp", "GRADER_TOKEN": SECRET}
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    Path("/tmp/course").mkdir()
    os.chdir("/tmp/course")
    for kind, bound in ((resource.RLIMIT_AS, 4096 * MIB), (resource.RLIMIT_FSIZE, 256 * MIB)):
        resource.setrlimit(kind, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT_S, TIMEOUT_S))
    kernel.bound_capabilities()
    kernel.drop_capabilities()
    kernel.prctl(PR_SET_DUMPABLE, 0)  # attacks shall reach nbgrader, but not this process


def _make_read_only(path: str) -> None:
    flags = namespaces.MS_REMOUNT | namespaces.MS_BIND | namespaces.MS_RDONLY
    kept = os.statvfs(path).f_flag & (
        namespaces.MS_NOSUID | namespaces.MS_NODEV | namespaces.MS_NOEXEC
    )
    kernel.mount("none", path, None, flags | kept)


def _raise_loopback() -> None:
    """Switch loopback on: Jupyter talks to its kernels over it."""
    up, running, get, set_ = 0x1, 0x40, 0x8913, 0x8914
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, get, request))[1]
        fcntl.ioctl(sock, set_, struct.pack("16sH14x", b"lo", flags | up | running))


# What is printed


def summary(outcomes: dict[str, Outcome]) -> dict[str, int]:
    """Count the attacks by their effects."""
    ran = [outcome for outcome in outcomes.values() if "left_out" not in outcome]
    counts = Counter({"attacks": len(outcomes), "ran": len(ran)})
    counts["gain_points"] = sum(outcome["points"] > 0 for outcome in ran)
    for name in ("lost_own", "hurt_others", "reached_outside"):
        counts[name] = sum(outcome[name] for outcome in ran)
    counts["harmless"] = sum(not any(effects(outcome)) for outcome in ran)
    return dict(counts)


def effects(outcome: Outcome) -> list[bool]:
    """Whether an attack gained points, lost its own honest work, hurt others, reached outside."""
    return [
        outcome["points"] > 0,
        *(outcome[name] for name in ("lost_own", "hurt_others", "reached_outside")),
    ]


def table(attacks: list[Attack], outcomes: dict[str, Outcome]) -> str:
    """Make a Markdown table with one line for each attack.

    Args:
        attacks: the attacks, in the order of the lines.
        outcomes: what `run` returned, by name of the attack.
    """
    lines = ["| attack | points gained | own work lost | others hurt | reached outside |"]
    lines.append("|---|---|---|---|---|")
    for attack in attacks:
        outcome = outcomes[attack.name]
        if "left_out" in outcome:
            lines.append(f"| {attack.name} | not run: {outcome['left_out']} | | | |")
            continue
        marks = ["yes" if effect else "" for effect in effects(outcome)[1:]]
        points = f"{outcome['points']:g} of {POINTS['target']:g}" if outcome["points"] else ""
        lines.append(f"| {attack.name} | {points} | {' | '.join(marks)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
