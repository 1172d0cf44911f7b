"""A class graded: what is new or changed, by many workers, kept as it comes.

Lives here: one submission's way through box and judge, the worker that grades it, the pool and the
cluster that share out the work, the choice among attempts, and the thread that writes results.

May import: `gradebook`, `judge` and every room below them. Imported by: `release`, `export`, `cli`,
`nbgrader_plugins`.
"""
