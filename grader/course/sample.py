"""Where the kit's own course is: three assignments with their sources, and a sample class.

In a checkout it is the checkout itself. The wheel puts it into `share/chainrule` of the
environment, beside the installed packages and not among them, because student code in a box can
read those.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from grader.course.settings import COURSE_FILE
from grader.errors import UsageError

__all__ = ["sample_course"]

INSTALLED = ("share", "chainrule", COURSE_FILE)  # as pyproject.toml has it


def sample_course() -> Path:
    """The folder of the kit's own course.yml.

    Raises:
        UsageError: this installation has none.
    """
    checkout = Path(__file__).parents[2]
    if (checkout / COURSE_FILE).is_file() and (checkout / "solutions").is_dir():
        return checkout
    try:
        installed = files("chainrule") or []
    except PackageNotFoundError:
        installed = []
    for file in installed:
        path = Path(str(file.locate())).resolve()
        if file.parts[-3:] == INSTALLED and path.is_file():
            return path.parent
    remedy = "type: pip install --force-reinstall --no-deps chainrule"
    raise UsageError(f"the assignments that come with the kit are not installed; {remedy}")
