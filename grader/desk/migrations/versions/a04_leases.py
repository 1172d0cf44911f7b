"""Which of several servers grades an attempt, and until when it has it."""

import sqlalchemy as sa
from alembic import op

from grader.desk.tables import Moment

__all__ = ["upgrade"]

revision = "a04"
down_revision = "a03"


def upgrade() -> None:
    """Add two columns to the queue."""
    op.add_column("desk_queue", sa.Column("server", sa.String(32)))
    op.add_column("desk_queue", sa.Column("until", Moment))
