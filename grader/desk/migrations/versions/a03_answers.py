"""Tokens of written answers, and requests for a regrade with what was said."""

import sqlalchemy as sa
from alembic import op

from grader.desk.tables import Moment

__all__ = ["upgrade"]

revision = "a03"
down_revision = "a02"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_answers",
        sa.Column("token", sa.String(22), primary_key=True),
        sa.Column("assignment", sa.String(64), nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("student", sa.String(64), nullable=False),
        sa.Column("held_by", sa.String(64)),
        sa.Column("held_at", Moment),
        sa.UniqueConstraint("assignment", "question", "student", name="uq_desk_answers_assignment"),
    )
    op.create_table(
        "desk_requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("student", sa.String(64), nullable=False),
        sa.Column("assignment", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("test", sa.String(64), nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("is_open", sa.Integer, nullable=False),
        sa.UniqueConstraint(
            *("student", "assignment", "number", "question", "test"),
            name="uq_desk_requests_student",
        ),
    )
    op.create_index("ix_desk_requests_is_open", "desk_requests", ["is_open"])
    op.create_table(
        "desk_messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("request", sa.Integer, sa.ForeignKey("desk_requests.id"), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("is_staff", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_desk_messages_request", "desk_messages", ["request"])
