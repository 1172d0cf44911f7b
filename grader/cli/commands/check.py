"""`grader check`: what a student runs before handing in."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from grader.cli.options import INPUT_FILE, GraderCommand, print_json

__all__ = ["check"]


@click.command(cls=GraderCommand)
@click.argument("notebook", type=INPUT_FILE)
def check(notebook: Path) -> None:
    """Run your own notebook and tell which of its visible checks pass.

    Example: grader check two_layer_net.ipynb
    """
    from grader.cli.views import show_checks
    from grader.grading.visible_checks import check_notebook, language_of, limits_of
    from grader.locale.translations import in_language

    with in_language(language_of(notebook)):
        answers = check_notebook(notebook)
        show_checks(answers, limits_of(notebook))
    print_json([asdict(answer) for answer in answers])
    sys.exit(0 if all(answer.passed for answer in answers) else 1)
