"""Files coming in: a download becomes submitted/, a submitted file becomes a whole notebook.

Lives here: archives, attempts, times, whose file it is, and the repair of a notebook from the
release. `naming/` has one module for each system whose downloads are recognised.

May import: `lms`, `course`, `system`; it does not know the box. Imported by: `gradebook`,
`grading`, `pages`, `export`, `release`, `desk`, `cli`, `nbgrader_plugins`.
"""
