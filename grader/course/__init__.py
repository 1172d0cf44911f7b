"""A course folder: course.yml, roster, deadlines, and everything that grading one assignment needs.

Lives here: settings and their errors, the bundle that travels to a worker, the reference taken from
a solution notebook, the place of the kit's own course, and the rules for the files of an assignment
and for student ids.

May import: `system`. Imported by: every room above. The nbgrader_config.py of a course folder
imports the names below from here, so that the modules may change.
"""

from grader.course.folder import NOT_RELEASED
from grader.course.settings import Course

__all__ = ["NOT_RELEASED", "Course"]
