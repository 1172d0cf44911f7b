"""What alembic runs to reach the tables: the steps that are missing, in one transaction."""

from alembic import context

from grader.desk.tables import TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES,
    version_table="desk_version",  # a PostgreSQL database may hold nbgrader's tables, too
)
with context.begin_transaction():
    context.run_migrations()
