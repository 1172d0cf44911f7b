"""Results kept: records on disk, rows in nbgrader's database, lateness, grades read back.

Lives here: all that knows nbgrader's tables, and what is derived from them.

May import: `intake`, `course`, `system`. Imported by: `grading`, `pages`, `export`, `cli`,
`nbgrader_plugins`.
"""
