"""From solutions/ to assignments/: what a student gets, and the proof that it may be released.

Lives here: the build, its gates, the proof by graded variants, mutants, what tests can reach, the
search for leaks, nbgrader's own converter, the file and the site for students, and what is new: a
course or an assignment.

May import: `grading`, `judge`, `pages` and every room below them. Imported by: `cli`.
"""
