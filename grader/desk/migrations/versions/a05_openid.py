"""Sessions of people who signed in at a provider, and their attempts to do so."""

import sqlalchemy as sa
from alembic import op

from grader.desk.tables import Moment

__all__ = ["upgrade"]

revision = "a05"
down_revision = "a04"


def upgrade() -> None:
    """Let a session stand without a link, and make the table of attempts."""
    with op.batch_alter_table("desk_sessions") as sessions:
        sessions.alter_column("link", existing_type=sa.Integer(), nullable=True)
        sessions.add_column(sa.Column("issuer", sa.String(300)))
        sessions.add_column(sa.Column("claim", sa.String(64)))
        sessions.add_column(sa.Column("value", sa.String(255)))
    op.create_table(
        "desk_logins",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("until", Moment, nullable=False),
    )
