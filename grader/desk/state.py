"""The desk's own database: SQLite beside the gradebook, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text

from grader.course.settings import Course
from grader.errors import GraderError
from grader.gradebook.refusals import in_one_line, without_password
from grader.system.files import hide_from_others, one_at_a_time

__all__ = ["State", "is_there", "open_state"]

SQLITE = "sqlite:///"
READING = "grader_reading"  # our own option of a connection
WAIT_MS = 30_000  # how long SQLite waits for another writer
VERSION_TABLE = "desk_version"
LOCK = ".desk-tables.lock"  # in the course folder


class State:
    """The open database; usable from many threads.

    Args:
        engine: of the database, whose tables are up to date.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READING: True})

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state and changes nothing."""
        with self._reading.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, whole or not at all."""
        with self._engine.begin() as connection:
            yield connection


def is_there(course: Course) -> bool:
    """Whether the course has a desk to look into; looking must not make one."""
    url = course.desk_url
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()


def open_state(course: Course) -> State:
    """Open the course's desk, and bring its tables up to date.

    Raises:
        GraderError: the database cannot be opened, or a newer version of the kit made it.
    """
    url = course.desk_url
    with in_one_line(url):
        engine = create_engine(url, pool_pre_ping=True)  # a database may have been restarted
        if engine.dialect.name == "sqlite":
            hide_from_others(Path(str(engine.url.database)))
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        with one_at_a_time(course.root / LOCK):  # two servers that make tables at once would fail
            _migrate(engine, without_password(url))
    return State(engine)


def _migrate(engine: Engine, shown: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.begin() as connection:
        if _version(connection) == newest:
            return
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            problem = "a newer version of the kit made this desk; install that one"
            raise GraderError(f"{shown}: {problem}") from None


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 — ours
    return None if version is None else str(version)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """Write-ahead log, so that readers do not wait; each commit is on disk before it returns."""
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (
        f"busy_timeout = {WAIT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that has read before could not write after another."""
    is_reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
