"""One file per attack: what it is, and how it becomes a submission.

An attack is a module with a docstring, the sentence on what it tries, and these names:

* ``ANSWER``: source of the cell that answers the question `target`. It earns nothing honestly.
* ``EXTRA``: source of a cell added above the first question, if the attack wants one.
* ``EVIDENCE``: a pattern that the result must show, or the attack never ran. It is searched in
  what cells printed, in the messages of checks and in notes; by default, that something the attack
  tried was refused.
* ``STOCK``: the like attack on stock nbgrader, where it needs another source there; "" if there is
  nothing alike to attack.
* ``HAZARD``: why it must not run where nothing bounds it; the benchmark leaves it out then.
* ``TIMEOUT_S``: the limit of its cells and calls, if that of the course is not for it: a short one
  if it would never end, a long one if it computes for long before it shows its evidence.

Sources begin with `outside`, which tells where everything is, and with `attempt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.notebook import Notebook
from tests.attacks.course import HONEST, TIMEOUT_S, make_submission

__all__ = ["KINDS", "SUCCEEDED", "Attack", "load_attacks", "snippets"]

SNIPPETS = Path(__file__).parent / "snippets"
KINDS = ("forge", "steal", "escape", "persist", "exhaust")
SUCCEEDED = "SUCCEEDED"  # what an attack says when it did what must be impossible

# numbers of system calls on x86_64 and on aarch64
NUMBERS = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "clone": (56, 220),
    "copy_file_range": (326, 285),
    "epoll_create1": (291, 20),
    "exit": (60, 93),
    "fadvise64": (221, 223),
    "fanotify_init": (300, 262),
    "fchmodat2": (452, 452),
    "fchownat": (260, 54),
    "fcntl": (72, 25),
    "flock": (73, 32),
    "fsopen": (430, 430),
    "inotify_add_watch": (254, 27),
    "inotify_init1": (294, 26),
    "io_setup": (206, 0),
    "io_uring_setup": (425, 425),
    "ioprio_set": (251, 30),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "landlock_create_ruleset": (444, 444),
    "linkat": (265, 37),
    "listmount": (458, 458),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mount": (165, 40),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "msgctl": (71, 187),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "openat2": (437, 437),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pivot_root": (155, 41),
    "prctl": (157, 167),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "seccomp": (317, 277),
    "semctl": (66, 191),
    "semop": (65, 193),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmctl": (31, 195),
    "socketpair": (53, 199),
    "splice": (275, 76),
    "statmount": (457, 457),
    "swapon": (167, 224),
    "sync": (162, 81),
    "sync_file_range": (277, 84),
    "syncfs": (306, 267),
    "syslog": (103, 116),
    "tee": (276, 77),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "utimensat": (280, 88),
    "vmsplice": (278, 75),
}

PREAMBLE = """\
import ctypes, os, signal, socket, sys, time, types
outside = types.SimpleNamespace(**{outside!r})
NUMBERS = {numbers!r}
libc = ctypes.CDLL(None, use_errno=True)

def attempt(what, action, *arguments):
    try:
        value = action(*arguments)
    except BaseException as error:
        print(what, "was refused:", type(error).__name__)
    else:
        print(what, "SUCCEEDED:", repr(value)[:2000])

def checked(value):
    if value in (-1, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value

def system_call(name, *arguments):
    number = NUMBERS[name][os.uname().machine != "x86_64"]
    return checked(libc.syscall(number, *arguments))


"""


@dataclass(frozen=True)
class Attack:
    """One attack.

    Args:
        name: its file's name.
        claim: what it tries.
        answer: the cell that answers `target`.
        extra: a cell above the first question; "" for none.
        evidence: pattern that shows that it ran.
        stock: the answer for stock nbgrader; "" if it has no counterpart there.
        hazard: why it is not run without bounds; "" if it may be.
        timeout_s: the limit of its cells and calls.
    """

    name: str
    claim: str
    answer: str
    extra: str
    evidence: str
    stock: str
    hazard: str
    timeout_s: float

    @property
    def kind(self) -> str:
        """Forging, theft, escape, persistence or exhaustion, by the first word of the name."""
        return self.name.partition("_")[0]

    def submission(self, outside: dict[str, Any], *, stock: bool = False) -> Notebook:
        """The notebook that is handed in: two honest answers around the attack."""
        preamble = PREAMBLE.format(outside=outside, numbers=NUMBERS)
        answers = {**HONEST, "target": preamble + (self.stock if stock else self.answer)}
        return make_submission(answers, preamble + self.extra if self.extra else "")


def load_attacks() -> list[Attack]:
    """All attacks on the box, by name."""
    return [_attack(module) for kind in KINDS for module in snippets(kind)]


def snippets(kind: str) -> list[ModuleType]:
    """The attacks whose names begin with this word."""
    names = sorted(path.stem for path in SNIPPETS.glob(f"{kind}_*.py"))
    return [import_module(f"tests.attacks.snippets.{name}") for name in names]


def _attack(module: ModuleType) -> Attack:
    return Attack(
        name=module.__name__.rpartition(".")[2],
        claim=" ".join((module.__doc__ or "").split()),
        answer=module.ANSWER,
        extra=getattr(module, "EXTRA", ""),
        evidence=getattr(module, "EVIDENCE", "was refused"),
        stock=getattr(module, "STOCK", module.ANSWER),
        hazard=getattr(module, "HAZARD", ""),
        timeout_s=getattr(module, "TIMEOUT_S", TIMEOUT_S),
    )
