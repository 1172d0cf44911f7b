"""A crew in the test's own process: real boxes and a real judge, but no processes to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.course.bundle import Bundle
from grader.grading.crew import Workers
from grader.grading.worker import become_worker


class Here(Executor):
    """Does everything at once, and notes for whom a notebook was run."""

    def __init__(self, ran: list[str]) -> None:
        self._ran = ran

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._ran.append(args[1].student)
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass
class CrewOfOne:
    """Grades in this process.

    Args:
        ran: students whose notebooks were run, in this order.
    """

    ran: list[str] = field(default_factory=list)
    size: int = 1
    deaths: tuple[type[BaseException], ...] = ()

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        become_worker(bundle)
        yield Workers(Here(self.ran), bundle.digest)
