"""Results kept: records on disk, rows in nbgrader's database, lateness, grades read back.

Lives here: all that knows nbgrader's tables, and what is derived from them.

May import: `intake` and every room below. Imported by: `grading`, `pages`, `export`, `cli`,
`nbgrader_plugins`.
"""
