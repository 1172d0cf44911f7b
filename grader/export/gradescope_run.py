"""The program that `run_autograder` starts on Gradescope: one submission → results/results.json.

Only the notebook is taken from the submission, and it runs in a box, as everywhere. If we cannot
grade it, we write no results.json: Gradescope then shows that the autograder failed, not a zero.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.course.bundle import load_bundle
from grader.course.folder import is_debris
from grader.course.ids import is_safe_student
from grader.course.settings import Course
from grader.errors import GraderError
from grader.export.gradescope import results_json
from grader.grading.submission import grade_submission
from grader.intake.submissions import Submission
from grader.locale.translations import in_language
from grader.results import Status
from grader.system.files import write_whole

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Grade the submission in Gradescope's folder.

    Returns:
        The exit code: 0 if results.json was written, 1 if we failed to grade.
    """
    parser = argparse.ArgumentParser(prog="run_autograder")
    parser.add_argument("assignment")
    parser.add_argument("root", type=Path)
    parser.add_argument("--unsafe", action="store_true")
    given = parser.parse_args(arguments)
    target = given.root / "results" / "results.json"
    target.unlink(missing_ok=True)
    started = time.monotonic()
    try:
        course = Course.load(given.root / "source" / "course")
        bundle = load_bundle(course, given.assignment, unsafe=given.unsafe)
        submission = _submission(given.root, given.assignment)
        result = grade_submission(bundle, submission)
    except GraderError as error:
        sys.stderr.write(f"not graded: {error}\n")
        return 1
    if result.status is Status.NOT_GRADED:
        sys.stderr.write("\n".join(result.note_texts) + "\n")
        return 1
    with in_language(bundle.language):
        write_whole(target, results_json(result, time.monotonic() - started))
    return 0


def _submission(root: Path, assignment: str) -> Submission:
    metadata = _metadata(root / "submission_metadata.json")
    path = _notebook(root / "submission", f"{assignment}.ipynb")
    return Submission(_student(metadata), assignment, path, _time(metadata))


def _metadata(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _student(metadata: dict[str, Any]) -> str:
    """The student id, which seeds inputs: the email address if possible, else a number."""
    users = metadata.get("users")
    user = users[0] if isinstance(users, list) and users and isinstance(users[0], dict) else {}
    email, number = str(user.get("email", "")), user.get("id")
    if is_safe_student(email):
        return email
    return f"gradescope-{number}" if isinstance(number, int) else "gradescope"


def _time(metadata: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(metadata.get("created_at")))
    except ValueError:
        return None


def _notebook(folder: Path, name: str) -> Path:
    """The notebook of that name, else the only notebook; links and editors' copies are skipped."""
    found = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if path.is_file()
        and not path.is_symlink()
        and not is_debris(path.relative_to(folder), dotfiles=False)
    ]
    named = [path for path in found if path.name == name]
    for candidates in (named, found):
        if len(candidates) == 1:
            return candidates[0]
    return folder / name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
