"""Tests wait for no disk: a process may be killed in one of them, but no power is cut."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, Pool, event


def without_waiting(connection: object, *_: object) -> None:
    """A listener: what is committed on this connection is not on disk before it goes on."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def no_power_cut() -> Iterator[None]:
    """No file and no gradebook waits, in this process.

    An engine that asks to wait when it connects still waits, such as the desk's; see `never_wait`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        event.listen(Pool, "connect", without_waiting)
        yield
        event.remove(Pool, "connect", without_waiting)


def never_wait(engine: Engine) -> None:
    """Take back what an engine asked for when it connected."""
    event.listen(engine.pool, "checkout", without_waiting)
