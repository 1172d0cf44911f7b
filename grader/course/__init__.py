"""A course folder: course.yml, roster, deadlines, and everything that grading one assignment needs.

Lives here: settings and their errors, the bundle that travels to a worker, the reference taken from
a solution notebook, and what the id of a student may be.

May import: `system`. Imported by: every room above.
"""
