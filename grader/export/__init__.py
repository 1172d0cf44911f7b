"""Scores on their way out: CSV, JSON, and the files that other systems read.

Lives here: one module for each format of Canvas, Moodle and Gradescope, and what they share.

May import: `grading`, `gradebook` and every room below. Imported by: `cli`, `nbgrader_plugins`.
"""
