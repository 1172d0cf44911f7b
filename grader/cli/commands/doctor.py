"""`grader doctor`: what works on this machine."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from grader.cli.options import COURSE, GraderCommand, print_json

__all__ = ["doctor"]


@click.command(cls=GraderCommand)
@COURSE
def doctor(root: Path) -> None:
    """Say what works on this machine, and how to repair what does not.

    Example: grader doctor
    """
    from grader.cli.doctor import examine
    from grader.cli.views import show_findings

    findings = list(examine(root))
    show_findings(findings)
    print_json([asdict(finding) for finding in findings])
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
