"""From solutions/ to assignments/: what a student gets, and the proof that it may be released.

Lives here: the build, its gates, the proof by graded variants, mutants, what tests can reach, the
search for leaks, nbgrader's own converter, the site, and the scaffold of a new assignment.

May import: `grading`, `judge`, `pages` and every room below them. Imported by: `cli`.
"""
