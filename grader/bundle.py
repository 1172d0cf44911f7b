"""For the nbgrader_config.py of a course that was begun with version 0.1.0, and for nothing else.

nbgrader goes on with its own settings when that file cannot be loaded, and would then run student
code outside of any box. So what the file imports stays where it was.
"""

from grader.course.folder import HIDDEN_FILES

__all__ = ["HIDDEN_FILES"]
