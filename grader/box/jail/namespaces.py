"""Namespaces: a box with its own file tree, processes, network and IPC (tier 1).

The tree is a small tmpfs with the interpreter's folders bound into it read-only. It is built
before the uid is dropped, so an interpreter in a private home stays readable, while nothing else
of that home exists in the box.
"""

from __future__ import annotations

import os
import signal
import sys
import sysconfig
from functools import cache
from pathlib import Path

from grader.box.bounds import MAX_FILES
from grader.box.jail import kernel

__all__ = [
    "DEVICES",
    "WORK",
    "become_a_child_of_init",
    "die_with_parent",
    "enter_private_tree",
    "interpreter_folders",
    "leave_namespaces",
]

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
CLONE_NEWCGROUP = 0x02000000
EVERYTHING = (
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
DEVICES = tuple(Path("/dev") / name for name in ("null", "random", "urandom"))
WORK = "/box"
PACKAGE_FOLDERS = ("site-packages", "dist-packages")
PR_SET_PDEATHSIG = 1


@cache
def interpreter_folders() -> tuple[Path, ...]:
    """The folders and files that Python needs to import anything it could import before."""
    paths = [Path(path) for path in ("/usr/lib", "/usr/lib64", "/lib", "/lib64")]
    paths += [Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix) / "lib"]
    paths += [Path(entry) for entry in sys.path if entry.endswith(PACKAGE_FOLDERS)]
    paths += [Path("/etc/ld.so.cache")]
    existing = [path for path in dict.fromkeys(paths) if path.exists()]
    return tuple(p for p in existing if not any(q != p and q in p.parents for q in existing))


def leave_namespaces() -> None:
    """Enter new namespaces of every kind; without root, this needs a user namespace too."""
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        kernel.unshare(EVERYTHING)
        return
    kernel.unshare(CLONE_NEWUSER | EVERYTHING)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def become_a_child_of_init() -> None:
    """Go on as a grandchild, below process 1 of the new namespace, which ends when we do.

    Process 1 ignores ordinary signals, so it cannot be the box: it only reaps. It and the outermost
    process end with the status of the box, and so the zygote learns what happened.
    """
    for _ in ("process 1", "the box itself"):
        child = os.fork()
        if child:
            _end_like(child)
        die_with_parent()


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent ends; a change of uid cancels this."""
    kernel.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_like(child: int) -> None:
    """Wait for the child, reaping every orphan, and end with its status."""
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    while True:
        pid, status = os.wait()
        if pid == child:
            break
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def enter_private_tree(root: str, uid: int, gid: int, scratch_mib: int) -> None:
    """Build the box's file tree on the folder `root`, and make it this process's `/`.

    Args:
        root: an empty folder; only this process sees what is mounted there.
        uid: owner of `/box`, the only folder that is writable.
        gid: group of that folder.
        scratch_mib: how much that folder may hold.
    """
    kernel.mount("none", "/", None, MS_REC | MS_PRIVATE)
    kernel.mount("box", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path in interpreter_folders():
        _bind(path, root)
    for device in DEVICES:
        _bind(device, root, MS_NOSUID | MS_NOEXEC)
    work = root + WORK
    Path(work).mkdir()
    options = f"size={scratch_mib}m,nr_inodes={MAX_FILES},mode=700,uid={uid},gid={gid}"
    kernel.mount("work", work, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
    kernel.mount("none", root, None, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(root)
    kernel.pivot_root(".", ".")
    kernel.umount_lazily(".")
    os.chdir(WORK)


def _bind(path: Path, root: str, flags: int = MS_NOSUID | MS_NODEV | MS_RDONLY) -> None:
    if path.is_symlink():  # /lib → usr/lib on merged systems
        Path(root + str(path)).symlink_to(path.readlink())
        return
    target = Path(root + str(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.mkdir() if path.is_dir() else target.touch()
    kernel.mount(str(path), str(target), None, MS_BIND)
    _remount(str(target), flags)


def _remount(target: str, flags: int) -> None:
    """Apply flags to a bind mount, keeping those that the kernel has locked there."""
    status = os.statvfs(target).f_flag
    kept = status & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
    kernel.mount("none", target, None, MS_REMOUNT | MS_BIND | flags | kept)
