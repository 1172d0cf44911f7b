"""Grades a class: what is new or changed, on many workers; results are kept as they come.

Lives here: one submission's way through box and judge, the worker that grades it, the crews (local
processes or a cluster), the choice among attempts, and the thread that writes results.

May import: `gradebook`, `judge` and every room below them. Imported by: `release`, `export`,
`desk`, `cli`, `nbgrader_plugins`.
"""
