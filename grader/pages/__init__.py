"""Pages that people read: feedback for a student, the report for the class, the desk.

Lives here: templates and the code that fills them, figures as SVG, statistics of a class, and the
similarity of submissions.

May import: `gradebook`, `intake` and every room below them; it opens no box. Imported by: `cli`,
`desk`, `export`, `nbgrader_plugins`, `release`.
"""
