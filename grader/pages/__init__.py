"""Pages that people read: feedback for a student, the report for the class.

Lives here: templates, what fills them, figures as SVG, statistics of a class, and similarity.

May import: `gradebook` and every room below. Imported by: `cli`.
"""
