"""The log of what teachers changed, to which rows can only be added."""

import sqlalchemy as sa
from alembic import op

from grader.desk.tables import Moment

__all__ = ["upgrade"]

revision = "a02"
down_revision = "a01"

REFUSAL = "desk_log: rows are never changed or taken out"


def upgrade() -> None:
    """Make the table, and have the database refuse what would change its past."""
    op.create_table(
        "desk_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("assignment", sa.String(64), nullable=False),
        sa.Column("student", sa.String(64), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_index("ix_desk_log_assignment", "desk_log", ["assignment"])
    op.create_index("ix_desk_log_student", "desk_log", ["student"])
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER desk_log_no_{event.lower()} BEFORE {event} ON desk_log "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION desk_log_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER desk_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON desk_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION desk_log_refuses()"
    )
