"""Feedback that a teacher released, and attempts that are graded again."""

import sqlalchemy as sa
from alembic import op

from grader.desk.tables import Moment

__all__ = ["upgrade"]

revision = "a06"
down_revision = "a05"


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "desk_released",
        sa.Column("assignment", sa.String(64), primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )
    op.add_column(
        "desk_queue", sa.Column("is_again", sa.Integer, nullable=False, server_default="0")
    )
