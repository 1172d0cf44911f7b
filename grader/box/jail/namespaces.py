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
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.box.bounds import MAX_FILES
from grader.box.jail import kernel

__all__ = [
    "DEVICES",
    "WORK",
    "Tree",
    "become_a_child_of_init",
    "die_with_parent",
    "enter_private_tree",
    "fork_into_new",
    "interpreter_folders",
    "keep_ids",
    "outer_pid",
    "planned_tree",
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


@dataclass(frozen=True)
class Tree:
    """The file tree of every box, as steps that build it.

    Args:
        folders: to make, each after the one that it lies in.
        links: to make, with what each leads to.
        files: to make, empty.
        binds: what is mounted at its own path, with the flags of the mount.
    """

    folders: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    binds: tuple[tuple[str, int], ...]


@cache
def planned_tree() -> Tree:
    """The interpreter, read-only, the devices, and the place of the folder `WORK`."""
    links = [path for path in interpreter_folders() if path.is_symlink()]  # /lib → usr/lib
    bound = [path for path in (*interpreter_folders(), *DEVICES) if path not in links]
    needed = [Path(WORK), *(path for path in bound if path.is_dir())]
    folders = {folder for path in (*bound, *links) for folder in path.parents} | {*needed}
    read_only = MS_NOSUID | MS_NODEV | MS_RDONLY
    device = MS_NOSUID | MS_NOEXEC
    return Tree(
        folders=tuple(sorted(str(folder) for folder in folders - {Path("/")})),
        links=tuple((str(path), str(path.readlink())) for path in links),
        files=tuple(str(path) for path in bound if path not in needed),
        binds=tuple((str(p), device if p in DEVICES else read_only) for p in bound),
    )


def fork_into_new() -> int:
    """Fork into new namespaces of every kind; without root, this needs a user namespace too.

    Returns:
        0 in the child, which is their process 1; elsewhere its process id.

    Raises:
        OSError: the kernel refuses.
    """
    return kernel.clone(EVERYTHING | (CLONE_NEWUSER if os.getuid() else 0))


def keep_ids(uid: int, gid: int) -> None:
    """Have the same ids in the new user namespace as before; root has no such namespace.

    Args:
        uid: user id before.
        gid: group id before.
    """
    if uid:
        kernel.write_at_once("/proc/self/setgroups", b"deny")
        kernel.write_at_once("/proc/self/uid_map", f"{uid} {uid} 1".encode())
        kernel.write_at_once("/proc/self/gid_map", f"{gid} {gid} 1".encode())


def outer_pid() -> int:
    """The process id outside the new namespaces, as long as /proc is still the one of there."""
    return int(Path("/proc/self").readlink().name)


def become_a_child_of_init() -> None:
    """Go on as a child of this process, which is process 1 of its namespace and ends when we do.

    Process 1 ignores ordinary signals, so it cannot be the box: it only reaps. It ends with the
    status of the box, and so the zygote learns what happened.
    """
    die_with_parent()
    child = os.fork()
    if child:
        _end_like(child)


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
    tree = planned_tree()
    for folder in tree.folders:
        os.mkdir(root + folder)  # noqa: PTH102 — pathlib takes several times as long
    for link, origin in tree.links:
        os.symlink(origin, root + link)  # noqa: PTH211 — as above
    for file in tree.files:
        os.close(os.open(root + file, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC))
    for path, flags in tree.binds:
        kernel.mount(path, root + path, None, MS_BIND)
        _remount(root + path, flags)
    work = root + WORK
    options = f"size={scratch_mib}m,nr_inodes={MAX_FILES},mode=700,uid={uid},gid={gid}"
    kernel.mount("work", work, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
    kernel.mount("none", root, None, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(root)
    kernel.pivot_root(".", ".")
    kernel.umount_lazily(".")
    os.chdir(WORK)


def _remount(target: str, flags: int) -> None:
    """Apply flags to a bind mount, keeping those that the kernel has locked there."""
    status = os.statvfs(target).f_flag
    kept = status & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
    kernel.mount("none", target, None, MS_REMOUNT | MS_BIND | flags | kept)
