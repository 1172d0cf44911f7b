from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from grader.course.settings import Course
from grader.desk import state as state_module
from grader.desk.state import open_state
from grader.desk.tables import LINKS, SESSIONS, TABLES
from grader.errors import GraderError


def test_the_migrations_lead_to_the_tables_of_the_code(course: Course) -> None:
    state = open_state(course)
    with state.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "desk_version"})
        assert compare_metadata(context, TABLES) == []
    state.close()


def test_sqlite_writes_ahead_and_waits_for_the_disk(course: Course) -> None:
    state = open_state(course)
    with state.reading() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    state.close()
    assert (course.root / "desk.db").stat().st_mode & 0o007 == 0


def test_a_desk_of_a_newer_kit_is_left_alone(course: Course) -> None:
    state = open_state(course)
    with state.writing() as connection:
        connection.execute(text("UPDATE desk_version SET version_num = 'z99'"))
    state.close()
    with pytest.raises(GraderError, match="newer version of the kit"):
        open_state(course)


def test_a_file_that_is_no_database_is_refused_in_one_line(course: Course) -> None:
    (course.root / "desk.db").write_bytes(b"not a database at all, but long enough to look" * 40)
    with pytest.raises(GraderError, match=r"desk\.db: .*not a database") as refusal:
        open_state(course)
    assert "\n" not in str(refusal.value)


def test_a_desk_of_an_older_kit_keeps_its_links_and_who_is_signed_in(course: Course) -> None:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(state_module.__file__).parent / "migrations")
    )
    engine = create_engine(course.desk_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "a01")
        link = "1, 'd', 'mira', '2026-01-01 00:00:00.000000', NULL, NULL"
        connection.execute(text(f"INSERT INTO desk_links VALUES ({link})"))
        connection.execute(
            text("INSERT INTO desk_sessions VALUES ('s', 1, '2099-01-01 00:00:00.000000')")
        )
    engine.dispose()
    state = open_state(course)
    with state.reading() as connection:
        query = select(SESSIONS.c.digest, SESSIONS.c.issuer, LINKS.c.student).join(LINKS)
        assert connection.execute(query).all() == [("s", None, "mira")]
    state.close()
