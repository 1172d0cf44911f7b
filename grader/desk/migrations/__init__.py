"""The steps from an empty database to the tables of `grader.desk.tables`; alembic runs them."""
