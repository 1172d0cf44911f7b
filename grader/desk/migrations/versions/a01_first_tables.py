"""Links, sessions, receipts and the queue."""

import sqlalchemy as sa
from alembic import op

from grader.desk.tables import Moment

__all__ = ["upgrade"]

revision = "a01"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_links",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("student", sa.String(64), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("until", Moment),
        sa.Column("revoked_at", Moment),
        sa.UniqueConstraint("digest", name="uq_desk_links_digest"),
    )
    op.create_index("ix_desk_links_student", "desk_links", ["student"])
    op.create_table(
        "desk_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("link", sa.Integer, sa.ForeignKey("desk_links.id"), nullable=False),
        sa.Column("until", Moment, nullable=False),
    )
    op.create_index("ix_desk_sessions_link", "desk_sessions", ["link"])
    op.create_table(
        "desk_attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("assignment", sa.String(64), nullable=False),
        sa.Column("student", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.UniqueConstraint("student", "assignment", "number", name="uq_desk_attempts_student"),
    )
    op.create_table(
        "desk_queue",
        sa.Column(
            "id",
            sa.Integer,
            sa.ForeignKey("desk_attempts.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("is_running", sa.Integer, nullable=False),
    )
