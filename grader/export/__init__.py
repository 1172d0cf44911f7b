"""Scores on their way out: CSV, JSON, and the files that other systems read.

Lives here: one module for each format of Canvas, Moodle and Gradescope, and what they share; what
Gradescope runs by itself.

May import: `grading`, `gradebook` and every room below them. Imported by: `cli`,
`nbgrader_plugins`.
"""
