"""Lets nbgrader work on this course: its `autograde`, `generate_feedback` and formgrader.

Folders, database and late policy come from course.yml. Grading is the kit's own step: each
submission is rebuilt from the release, executed in a box, and judged outside it.
"""

import glob
import warnings
from pathlib import Path

from grader.course import NOT_RELEASED, Course

course = Course.load(Path(__file__).parent)
plugins = "grader.nbgrader_plugins"  # names only: nbgrader imports what it needs
c = get_config()  # noqa: F821  (nbgrader defines it)

# Newer versions of SQLAlchemy warn at every submission about the way in which nbgrader adds rows.
warnings.filterwarnings("ignore", message="Object of type <Submitted")

c.CourseDirectory.root = str(course.root)
c.CourseDirectory.course_id = course.root.name
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.db_url = course.gradebook_url
c.CourseDirectory.ignore = [
    "feedback",
    *NOT_RELEASED,
    # Only the notebook of a submission is taken: no modules of its own, and no links.
    f"{glob.escape(str(course.submitted_dir))}/*/*/*",
]

c.Autograde.exporter_class = f"{plugins}.SubmissionExporter"
c.Autograde.pre_convert_hook = f"{plugins}.accept_any_name"
c.Autograde.sanitize_preprocessors = [f"{plugins}.RebuildFromRelease"]
c.Autograde.autograde_preprocessors = [
    f"{plugins}.ExecuteAndJudge",
    "nbgrader.preprocessors.SaveAutoGrades",
    f"{plugins}.KeepResult",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.AssignLatePenalties.plugin_class = f"{plugins}.LatePolicyPlugin"

# Feedback and formgrader show what students write and print, but never run it.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": f"{plugins}.clean_html",
    "markdown2html": f"{plugins}.markdown_to_html",
    "strip_files_prefix": f"{plugins}.clean_markdown",
}

# nbgrader's exchange is optional: to use `nbgrader list` and similar commands, make this folder.
c.Exchange.root = str(course.root / "exchange")
