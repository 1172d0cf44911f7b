"""seccomp: system calls that no notebook needs fail with "not permitted".

A filter is a classic BPF program over the number and the arguments of a call. It refuses
namespaces, mounts, tracing, other processes' memory, kernel interfaces, sockets, starting programs,
and memory that no watch sees: files in memory, memory that processes share, and pages that wait in
a pipe or a socket. It also refuses what Landlock allows: watching folders, truncating files before
version 3 of Landlock, and what an open file is enough for: locks, leases and hints. Of ``fcntl``
and ``ioctl`` it allows a list.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from grader.box.jail import kernel

__all__ = ["install", "prepare"]

SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
REFUSE = ERRNO | errno.EPERM
LOAD, JUMP, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_SET, RETURN = 0x20, 5, 0x15, 0x35, 0x45, 6
AND, ALL_BITS = 0x54, 0xFFFFFFFF
NUMBER_OFFSET, ARCH_OFFSET, FIRST_ARGUMENT_OFFSET, ARGUMENT_SIZE = 0, 4, 16, 8
NEW_NAMESPACES = 0x7E020080  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET,TIME}

ABSENT = -1
# name: (x86_64, aarch64); ABSENT where the machine has no such call
REFUSED: dict[str, tuple[int, int]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bind": (49, 200),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "connect": (42, 203),
    "delete_module": (176, 106),
    "epoll_create": (213, ABSENT),
    "epoll_create1": (291, 20),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fadvise64": (221, 223),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "flock": (73, 32),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "inotify_add_watch": (254, 27),
    "inotify_init": (253, ABSENT),
    "inotify_init1": (294, 26),
    "io_setup": (206, 0),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, ABSENT),
    "iopl": (172, ABSENT),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "landlock_create_ruleset": (444, 444),
    "listen": (50, 201),
    "listmount": (458, 458),
    "lookup_dcookie": (212, 18),
    "lsm_set_self_attr": (460, 460),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mknod": (133, ABSENT),
    "mknodat": (259, 33),
    "modify_ldt": (154, ABSENT),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "msgctl": (71, 187),
    "msgget": (68, 186),
    "msgrcv": (70, 188),
    "msgsnd": (69, 189),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "openat2": (437, 437),  # its flags are in memory, where a filter cannot look
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "seccomp": (317, 277),
    "semctl": (66, 191),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "sendfile": (40, 71),
    # the watch looks for open files in processes, and would miss those on their way in a socket
    "sendmmsg": (307, 269),
    "sendmsg": (46, 211),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmget": (29, 194),
    "socket": (41, 198),
    "splice": (275, 76),
    "statmount": (457, 457),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sync": (162, 81),
    "sync_file_range": (277, 84),
    "syncfs": (306, 267),
    "syslog": (103, 116),
    "tee": (276, 77),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, ABSENT),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
    "vmsplice": (278, 75),
}
# Refused without namespaces: calls that reach other processes of the same uid, and calls that
# change the mode, owner, times or attributes of its files, which Landlock allows.
REACHING = {
    "chmod": (90, ABSENT),
    "chown": (92, ABSENT),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "file_setattr": (469, 469),
    "fremovexattr": (199, 16),
    "fsetxattr": (190, 7),
    "futimesat": (261, ABSENT),
    "ioprio_set": (251, 30),
    "kill": (62, 129),
    "lchown": (94, ABSENT),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "removexattrat": (466, 466),
    "rt_sigqueueinfo": (129, 138),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "setpriority": (141, 140),
    "setxattr": (188, 5),
    "setxattrat": (463, 463),
    "tkill": (200, 130),
    "utime": (132, ABSENT),
    "utimensat": (280, 88),
    "utimes": (235, ABSENT),
}
# Refused without namespaces, except on this process itself: abort() and limits need them.
REACHING_BUT_ITSELF = {
    "prlimit64": (302, 261),
    "rt_tgsigqueueinfo": (297, 240),
    "tgkill": (234, 131),
}
# name: numbers, which argument (from 0), and the values of it that are allowed. Not among them:
# locks, leases, watches and the size of pipes (memory of the kernel, and others' waiting), owners
# and signals of a descriptor (any signal to any process of the uid), flags and versions of files.
ALLOWED_VALUES: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ
    "fcntl": ((72, 25), 1, (0, 1, 2, 3, 4, 1030, 1032)),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
    "ioctl": ((16, 29), 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
}
# name: numbers, which argument, which bits of it count, and the values of these that are refused.
REFUSED_VALUES: dict[str, tuple[tuple[int, int], int, int, tuple[int, ...]]] = {
    # MADV_COLD, MADV_PAGEOUT: own memory into the swap, others' files out of memory
    "madvise": ((28, 233), 2, ALL_BITS, (20, 21)),
    # MAP_SHARED with MAP_ANONYMOUS: pages that a process has forgotten count as nobody's
    "mmap": ((9, 222), 3, 0x21, (0x21,)),
    # O_TRUNC for reading, and mode 3, which is for neither reading nor writing: Landlock looks at
    # what a descriptor may do, and before version 3 at nothing else
    "open": ((2, ABSENT), 1, 0x203, (0x200, 0x203, 3)),
    "openat": ((257, 56), 2, 0x203, (0x200, 0x203, 3)),
    # with these a process outlives its parent, or can be dumped by a program outside:
    # PR_SET_PDEATHSIG, PR_SET_DUMPABLE
    "prctl": ((157, 167), 0, ALL_BITS, (1, 4)),
    # RLIMIT_CORE: at 0 instead of 1, a program outside may receive the dump
    "setrlimit": ((160, 164), 0, ALL_BITS, (4,)),
    "prlimit64": ((302, 261), 1, ALL_BITS, (4,)),
}
SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
AF_UNIX, NO_STREAM_BITS = 1, 0xE  # SOCK_STREAM is kind 1; other kinds have one of these bits
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435


def install(*, alone: bool) -> None:
    """Filter the calls of every thread of this process and of its children, for good.

    Args:
        alone: whether namespaces hide other processes and files. If not, calls that signal or
            limit other processes, or change modes, owners or times of files, are refused too.

    Raises:
        OSError: the kernel has no seccomp, or the machine is unknown.
    """
    before, after = _program(alone)
    itself = b"" if alone else b"".join(_on_itself())
    program = before + itself + after
    buffer = ctypes.create_string_buffer(program, len(program))
    length = len(program) // 8
    filter_ = struct.pack("HxxxxxxP", length, ctypes.addressof(buffer))
    kernel.call("seccomp", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, filter_)


def prepare() -> None:
    """Make the programs, so that forks of this process need not; `install` tells what is wrong."""
    with suppress(OSError):
        for alone in (True, False):
            _program(alone)


@cache
def _program(alone: bool) -> tuple[bytes, bytes]:
    """The program before and after the rules of `_on_itself`; no step jumps past these."""
    name, column = _machine()
    table = REFUSED if alone else {**REFUSED, **REACHING}
    numbers = sorted(row[column] for row in table.values() if row[column] != ABSENT)
    program = [
        _step(LOAD, ARCH_OFFSET),
        _step(JUMP_EQUAL, AUDIT_ARCH[name], 1, 0),
        _step(RETURN, KILL),
        _step(LOAD, NUMBER_OFFSET),
        _step(JUMP_GREATER_EQUAL, X32_BIT, 0, 1),
        _step(RETURN, KILL),
    ]
    for number in numbers:
        program += [_step(JUMP_EQUAL, number, 0, 1), _step(RETURN, REFUSE)]
    for rows, argument, bits, values in REFUSED_VALUES.values():
        if rows[column] != ABSENT:
            program += _refuse_values(rows[column], argument, bits, values)
    rest: list[bytes] = []
    for rows, argument, values in ALLOWED_VALUES.values():
        rest += _only_values(rows[column], argument, values)
    rest += [
        *_only_streams(SOCKETPAIR[name]),
        # clone3 passes its flags in memory, where a filter cannot look; libc falls back to clone
        _step(JUMP_EQUAL, CLONE3, 0, 1),
        _step(RETURN, ERRNO | errno.ENOSYS),
        _step(JUMP_EQUAL, CLONE[name], 0, 3),
        _step(LOAD, FIRST_ARGUMENT_OFFSET),
        _step(JUMP_SET, NEW_NAMESPACES, 0, 1),
        _step(RETURN, REFUSE),
        _step(RETURN, ALLOW),
    ]
    return b"".join(program), b"".join(rest)


def _machine() -> tuple[str, int]:
    """The processor family, and its column in the tables."""
    name = kernel.machine()
    return name, list(AUDIT_ARCH).index(name)


def _on_itself() -> Iterator[bytes]:
    column = _machine()[1]
    for row in REACHING_BUT_ITSELF.values():
        yield from _only_itself(row[column])


def _only_itself(number: int) -> list[bytes]:
    """Allow a call only if its first argument, a process id, is that of this process or zero."""
    return [
        _step(JUMP_EQUAL, number, 0, 5),
        _step(LOAD, FIRST_ARGUMENT_OFFSET),
        _step(JUMP_EQUAL, os.getpid(), 1, 0),
        _step(JUMP_EQUAL, 0, 0, 1),
        _step(RETURN, ALLOW),
        _step(RETURN, REFUSE),
    ]


def _only_values(number: int, argument: int, values: tuple[int, ...]) -> list[bytes]:
    """Allow a call only if an argument has one of these values."""
    count = len(values)
    return [
        _step(JUMP_EQUAL, number, 0, count + 3),
        _step(LOAD, FIRST_ARGUMENT_OFFSET + ARGUMENT_SIZE * argument),
        *(_step(JUMP_EQUAL, value, count - i, 0) for i, value in enumerate(values)),
        _step(RETURN, REFUSE),
        _step(RETURN, ALLOW),
    ]


def _refuse_values(number: int, argument: int, bits: int, values: tuple[int, ...]) -> list[bytes]:
    """Refuse a call in which these bits of an argument have one of these values.

    Others go on to the next rule.
    """
    count = len(values)
    return [
        _step(JUMP_EQUAL, number, 0, count + 5),
        _step(LOAD, FIRST_ARGUMENT_OFFSET + ARGUMENT_SIZE * argument),
        _step(AND, bits),
        *(_step(JUMP_EQUAL, value, count - i + 1, 0) for i, value in enumerate(values)),
        _step(LOAD, NUMBER_OFFSET),
        _step(JUMP, 1),
        _step(RETURN, REFUSE),
    ]


def _only_streams(socketpair: int) -> list[bytes]:
    """Allow only pairs of UNIX streams: an end of any other pair can write to a third socket."""
    return [
        _step(JUMP_EQUAL, socketpair, 0, 6),
        _step(LOAD, FIRST_ARGUMENT_OFFSET),
        _step(JUMP_EQUAL, AF_UNIX, 0, 3),
        _step(LOAD, FIRST_ARGUMENT_OFFSET + ARGUMENT_SIZE),
        _step(JUMP_SET, NO_STREAM_BITS, 1, 0),
        _step(RETURN, ALLOW),
        _step(RETURN, REFUSE),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value & 0xFFFFFFFF)
