"""Scores on their way out: CSV, JSON, and the files that other systems read.

Lives here: modules for the files of Canvas, Moodle and Gradescope, what they share, and the
program that Gradescope runs.

May import: `grading`, `gradebook` and every room below them. Imported by: `cli`, `desk`,
`nbgrader_plugins`.
"""
