"""The few Linux calls that Python's own library lacks, as functions that raise `OSError`."""

from __future__ import annotations

import ctypes
import os
import platform
import signal

__all__ = [
    "advise",
    "bound_capabilities",
    "call",
    "clone",
    "drop_capabilities",
    "machine",
    "mount",
    "pivot_root",
    "prctl",
    "read_at_once",
    "umount_lazily",
    "unshare",
    "write_at_once",
]

_libc = ctypes.CDLL(None, use_errno=True)
_libc_under_lock = ctypes.PyDLL(None, use_errno=True)  # no thread of ours runs during its calls

PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
MNT_DETACH = 2
LAST_CAPABILITY = 63
PIECE_BYTES = 1 << 16
CAPABILITY_VERSION_3 = 0x20080522

# Each machine has its own numbers for system calls; the newer calls have the same on all.
NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "capset": 126, "seccomp": 317},
    "aarch64": {"clone": 220, "pivot_root": 41, "capset": 91, "seccomp": 277},
}
COMMON = {"landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446}


def machine() -> str:
    """The processor family.

    Raises:
        OSError: we do not know the numbers of its system calls.
    """
    name = platform.machine()
    if name not in NUMBERS:
        raise OSError(f"no table of system calls for {name}")
    return name


def call(name: str, *arguments: object) -> int:
    """Make a system call.

    Args:
        name: a key of `NUMBERS` or `COMMON`.
        arguments: as the call takes them, in types of `ctypes`.

    Raises:
        OSError: the kernel refused, or the machine is unknown.
    """
    number = COMMON.get(name) or NUMBERS[machine()][name]
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), name)


def prctl(option: int, *arguments: int) -> int:
    """``prctl(2)`` with integer arguments.

    Args:
        option: which operation.
        arguments: at most four; zeros stand for the others.
    """
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _checked(_libc.prctl(option, *map(ctypes.c_ulong, padded)), f"prctl {option}")


def advise(address: int, length: int, advice: int) -> None:
    """``madvise(2)``; advice that the kernel cannot take changes nothing.

    Args:
        address: where the memory begins.
        length: in bytes.
        advice: an `MADV_…` constant.
    """
    _libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), advice)


def clone(flags: int) -> int:
    """``clone(2)``: fork into new namespaces; returns 0 in the child, whose process id else.

    Neither Python nor libc learns of it. So it needs a process with one thread, and the child may
    do little: call the kernel, fork with `os.fork`, wait, end.

    Args:
        flags: the sum of `CLONE_NEW…` constants.
    """
    number = ctypes.c_long(NUMBERS[machine()]["clone"])
    nothing = [ctypes.c_void_p(None)] * 4  # neither a stack of its own nor places for ids
    flags_and_signal = ctypes.c_ulong(flags | signal.SIGCHLD)
    return _checked(_libc_under_lock.syscall(number, flags_and_signal, *nothing), "clone")


def unshare(flags: int) -> None:
    """``unshare(2)``: leave namespaces."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """``mount(2)``.

    Args:
        source: a path, or a name for what has none.
        target: the folder or file to mount on.
        kind: the type of the file system; None if the flags say what to do.
        flags: the sum of `MS_…` constants.
        options: of the file system, with commas between them.
    """
    encoded = [text.encode() if text is not None else None for text in (source, target, kind)]
    result = _libc.mount(*encoded, ctypes.c_ulong(flags), options.encode() or None)
    _checked(result, f"mount {target}")


def umount_lazily(target: str) -> None:
    """``umount2(2)`` with ``MNT_DETACH``."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """``pivot_root(2)``.

    Args:
        new: the folder that becomes `/`.
        old: the folder at which the old root is mounted.
    """
    call("pivot_root", new.encode(), old.encode())


def bound_capabilities() -> None:
    """Make sure that no capability can be gained again; needs privilege, so it comes first."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # this kernel has no more of them, or we may not drop it
            break


def drop_capabilities() -> None:
    """Give up every capability that this process still has."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    call("capset", header, nothing)


def read_at_once(path: str) -> bytes:
    """The content of a file of the kernel; `pathlib` takes several times as long.

    Args:
        path: in /proc or /sys.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(descriptor, PIECE_BYTES), b""))
    finally:
        os.close(descriptor)


def write_at_once(path: str, content: bytes) -> None:
    """Write into a file of the kernel, which takes the content as a whole.

    Args:
        path: in /proc or /sys.
        content: what to write.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
