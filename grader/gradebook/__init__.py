"""Keeps results: records on disk, rows in nbgrader's database, lateness, and the grades in them.

Lives here: everything that knows nbgrader's tables, and what is derived from them.

May import: `intake`, `course`, `system`. Imported by: `grading`, `release`, `pages`, `export`,
`desk`, `cli`, `nbgrader_plugins`.
"""
