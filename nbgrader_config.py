"""nbgrader on this course: `nbgrader autograde`, `nbgrader generate_feedback`, formgrader.

Folders, database and policies are those of course.yml, and grading is the kit's own step: each
submission is rebuilt from the release, executed in the box, and judged outside it.
"""

import glob
import warnings
from pathlib import Path

from grader.course import NOT_RELEASED, Course

course = Course.load(Path(__file__).parent)
plugins = "grader.nbgrader_plugins"  # names only: nbgrader imports what it needs
c = get_config()  # noqa: F821  (nbgrader defines it)

# nbgrader's way to add rows, which newer SQLAlchemy remarks on at every submission
warnings.filterwarnings("ignore", message="Object of type <Submitted")

c.CourseDirectory.root = str(course.root)
c.CourseDirectory.course_id = course.root.name
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.db_url = course.gradebook_url
c.CourseDirectory.ignore = [
    "feedback",
    *NOT_RELEASED,
    # Of a submission only the notebook is taken: no module of its own, and no link to be followed.
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

# In feedback and formgrader, what students write and print is shown, never run.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": f"{plugins}.clean_html",
    "strip_files_prefix": f"{plugins}.clean_markdown",
}

# nbgrader's exchange is optional: to use `nbgrader list` and its kin, make this folder.
c.Exchange.root = str(course.root / "exchange")
