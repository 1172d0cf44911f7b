"""One module for each command: its options, what it calls, and what it shows.

May import: every room, but inside its function, so that `grader --help` stays quick. Imported by:
`grader.cli.app`.
"""

from grader.cli.commands.autograde import autograde
from grader.cli.commands.build import build
from grader.cli.commands.check import check
from grader.cli.commands.collect import collect
from grader.cli.commands.completion import completion
from grader.cli.commands.demo import demo
from grader.cli.commands.doctor import doctor
from grader.cli.commands.export import export
from grader.cli.commands.feedback import feedback
from grader.cli.commands.figures import figures
from grader.cli.commands.give_back import give_back
from grader.cli.commands.init import init
from grader.cli.commands.invite import invite
from grader.cli.commands.log import log
from grader.cli.commands.new import new
from grader.cli.commands.package import package
from grader.cli.commands.release import release
from grader.cli.commands.rename import rename
from grader.cli.commands.report import report
from grader.cli.commands.roster import roster
from grader.cli.commands.serve import serve
from grader.cli.commands.site import site
from grader.cli.commands.submit import submit

__all__ = ["ALL", "GROUPS"]

# In the order in which `grader --help` lists them, which is that of the work.
GROUPS = {
    "Begin": (demo, doctor, init, new),
    "Before the deadline": (build, release, site, package, roster),
    "Collect and grade": (collect, autograde, figures, report),
    "Give back": (feedback, give_back, export),
    "A desk of your own, in place of an LMS": (invite, serve, log),
    "For students": (check, submit),
    "Now and then": (rename, completion),
}
ALL = tuple(command for group in GROUPS.values() for command in group)
