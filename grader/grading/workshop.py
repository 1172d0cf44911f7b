"""What a process keeps ready between submissions: hidden tests, the reference, and its zygote."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from multiprocessing.util import Finalize
from typing import Any

from grader.box.launch import Launcher, launcher
from grader.course.bundle import Bundle
from grader.errors import GraderError
from grader.judge.catalogue import Catalogue
from grader.judge.diagnosis.smallest import Probe, Trier, smallest_examples
from grader.judge.reference import Reference
from grader.judge.small_inputs import declared_inputs
from grader.judge.suite import HiddenTests
from grader.judge.verdict import Examples
from grader.judge.wording import Wording
from grader.system.scratch import new_folder

__all__ = [
    "Workshop",
    "forget_launcher",
    "launcher_of",
    "prepare",
    "workshop_of",
]


def prepare(bundle: Bundle, orders: socket.socket | None = None) -> None:
    """Prepare in this process what the bundle's first submission would wait for.

    The hidden tests are unpacked while the zygote starts in a process of its own. A `GraderError`
    is ignored here: it comes again with the first submission, whose result reports it.

    Args:
        bundle: the assignment.
        orders: of the nursery that the workers share, if they do.
    """
    _orders.append(orders)
    unpacking = threading.Thread(target=_ready, args=(workshop_of, bundle))
    unpacking.start()
    _ready(launcher_of, bundle.unsafe)
    unpacking.join()


def _ready(make: Callable[[Any], object], key: Any) -> None:
    with suppress(GraderError):
        make(key)


class Workshop:
    """An assignment unpacked for this process: hidden tests on disk, reference loaded.

    Attributes:
        folder: where the hidden tests and their files are, until it is closed.
        asked: every word of the hidden tests; the functions that they call are among them.

    Raises:
        JudgeError: the reference cannot be executed, or messages.yml cannot be read.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.folder = folder = new_folder("judge")
        Finalize(None, self.close, exitpriority=0)  # at exit of a pool's worker too
        for name, data in bundle.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        path = folder / "hidden_tests.py"
        path.write_text(bundle.hidden_tests, encoding="utf-8")
        self.hidden_tests = HiddenTests(path)
        self.asked = frozenset(re.findall(r"\w+", bundle.hidden_tests))
        self.reference = Reference(bundle.reference, folder)
        self.wording = wording = Wording.from_text(bundle.messages, bundle.language)
        self._inputs = lru_cache(lambda: declared_inputs(bundle.small_inputs))
        self._triers = lru_cache(lambda: [Trier(own, self.reference) for own in self._inputs()])
        self.catalogue = lru_cache(lambda: self._catalogue(bundle, wording))

    def examples_by(self, probe: Probe, used_s: Callable[[], float]) -> Examples:
        """A function that looks for the smallest examples of a submission.

        Args:
            probe: makes calls in the submission's box.
            used_s: the time that the submission has used so far.
        """
        return lambda question, requests: smallest_examples(
            self._triers(), probe, used_s, question, requests
        )

    def _catalogue(self, bundle: Bundle, wording: Wording) -> Catalogue:
        catalogue = Catalogue.from_source(bundle.mistakes, wording.hints)
        return replace(catalogue, results={own.function: own.results for own in self._inputs()})

    def close(self) -> None:
        """Remove what was unpacked."""
        self.hidden_tests.close()
        shutil.rmtree(self.folder, ignore_errors=True)


_workshops: dict[str, Workshop] = {}


def workshop_of(bundle: Bundle) -> Workshop:
    """The bundle's workshop, made once per process; only the latest is kept.

    Raises:
        JudgeError: the reference cannot be executed, or messages.yml cannot be read.
    """
    if bundle.digest not in _workshops:
        for workshop in _workshops.values():
            workshop.close()
        _workshops.clear()
        _workshops[bundle.digest] = Workshop(bundle)
    return _workshops[bundle.digest]


_launchers: dict[bool, Launcher] = {}
_orders: list[socket.socket | None] = [None]


def launcher_of(unsafe: bool) -> Launcher:
    """This process's own launcher; its zygote ends with the process.

    Raises:
        BoxError: no zygote starts, or boxes cannot be closed off here and `unsafe` is not set.
    """
    if unsafe not in _launchers:
        _launchers[unsafe] = launcher(unsafe=unsafe, orders=_orders[-1])
        Finalize(None, _launchers[unsafe].close, exitpriority=0)
    return _launchers[unsafe]


def forget_launcher(unsafe: bool) -> None:
    """End the zygote, so that the next submission starts a new one."""
    if unsafe in _launchers:
        _launchers.pop(unsafe).close()
