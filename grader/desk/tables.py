"""The tables of the desk's own database, and how a moment is kept in it.

A change here needs a new module in `grader/desk/migrations/versions/`; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

__all__ = [
    "ANSWERS",
    "ATTEMPTS",
    "LINKS",
    "LOG",
    "LOGINS",
    "MESSAGES",
    "QUEUE",
    "RELEASED",
    "REQUESTS",
    "SESSIONS",
    "TABLES",
    "Moment",
]


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so all moments are kept without one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """What is kept of a moment."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The moment that was kept."""
        return None if value is None else value.replace(tzinfo=UTC)


TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# Personal links. Of a token only the SHA-256 is here: who reads this table can open nothing.
LINKS = Table(
    "desk_links",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("student", String(64), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment),
    Column("revoked_at", Moment),
)

# Browsers that are signed in: by a link, with which a session ends, or by a provider, which says
# who it is.
SESSIONS = Table(
    "desk_sessions",
    TABLES,
    Column("digest", String(64), primary_key=True),
    Column("link", Integer, ForeignKey("desk_links.id"), index=True),
    Column("until", Moment, nullable=False),
    Column("issuer", String(300)),
    Column("claim", String(64)),
    Column("value", String(255)),
)

# Attempts to sign in at a provider, each to be used once.
LOGINS = Table(
    "desk_logins",
    TABLES,
    Column("digest", String(64), primary_key=True),
    Column("until", Moment, nullable=False),
)

# Receipts: what was acknowledged. `outcome` is empty as long as the attempt is in the queue.
ATTEMPTS = Table(
    "desk_attempts",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("assignment", String(64), nullable=False),
    Column("student", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("path", String(1000), nullable=False),
    Column("outcome", String(16)),
    UniqueConstraint("student", "assignment", "number"),
)

# What is still to grade, in the order of `id`, which is that of the receipts. Where several servers
# share the queue, `server` has it until then, unless it says again that it is there. `is_again`
# says that a teacher wants the result anew although nothing has changed.
QUEUE = Table(
    "desk_queue",
    TABLES,
    Column("id", Integer, ForeignKey("desk_attempts.id"), primary_key=True, autoincrement=False),
    Column("is_running", Integer, nullable=False, default=0),
    Column("server", String(32)),
    Column("until", Moment),
    Column("is_again", Integer, nullable=False, default=0, server_default="0"),
)

# Assignments whose whole feedback is shown before the deadline, because a teacher released it.
RELEASED = Table(
    "desk_released",
    TABLES,
    Column("assignment", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)

# What teachers changed. Rows are added, and never changed or taken out: the database refuses it.
LOG = Table(
    "desk_log",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),
    Column("what", String(64), nullable=False),
    Column("assignment", String(64), nullable=False, index=True),
    Column("student", String(64), nullable=False, index=True),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)

# A name that tells nothing for each written answer, and which marker has it on the screen.
ANSWERS = Table(
    "desk_answers",
    TABLES,
    Column("token", String(22), primary_key=True),
    Column("assignment", String(64), nullable=False),
    Column("question", String(64), nullable=False),
    Column("student", String(64), nullable=False),
    Column("held_by", String(64)),
    Column("held_at", Moment),
    UniqueConstraint("assignment", "question", "student"),
)

# What students ask for about one check of one attempt; `test` is a digest of the check's name, or
# empty for a whole question. The sentence of the check is kept as the student read it.
REQUESTS = Table(
    "desk_requests",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("student", String(64), nullable=False),
    Column("assignment", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("question", String(64), nullable=False),
    Column("test", String(64), nullable=False),
    Column("claim", Text, nullable=False),
    Column("is_open", Integer, nullable=False, index=True),
    UniqueConstraint("student", "assignment", "number", "question", "test"),
)

# What was said, the oldest first.
MESSAGES = Table(
    "desk_messages",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("desk_requests.id"), nullable=False, index=True),
    Column("author", String(64), nullable=False),
    Column("is_staff", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
)
