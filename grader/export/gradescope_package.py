"""`grader package gradescope`: an assignment as an autograder that Gradescope runs itself.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says what the zip must hold:
`setup.sh`, which installs once and may use the network, and `run_autograder`, which is started for
each submission and does not use the network. The zip also holds the kit, a list of the versions
that are installed here, and a course with this one assignment. It contains hidden tests and
solutions, so it is for Gradescope only.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import grader
from grader.course.bundle import load_bundle
from grader.course.folder import HIDDEN_FILES, is_debris
from grader.course.settings import COURSE_FILE, Course
from grader.errors import UsageError

__all__ = ["gradescope_zip"]

DISTRIBUTION = "chainrule"
SCRIPTS = ("setup.sh", "run_autograder")
WRITTEN_AT = (2026, 1, 1, 0, 0, 0)  # fixed, so that the same content gives the same zip

SETUP = """\
#!/usr/bin/env bash
# Run once by Gradescope, as root, when it builds the autograder. Needs the network.
set -euo pipefail
ROOT="${AUTOGRADER_ROOT:-/autograder}"

find_python() {
  for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then command -v "$name"; return; fi
  done
  return 1
}

if [ ! -x "$ROOT/venv/bin/python" ]; then
  if ! PYTHON="$(find_python)"; then
    apt-get update -q
    apt-get install -q -y --no-install-recommends python3.12 python3.12-venv ||
      apt-get install -q -y --no-install-recommends python3.11 python3.11-venv
    PYTHON="$(find_python)"
  fi
  "$PYTHON" -m venv "$ROOT/venv"
fi
"$ROOT/venv/bin/python" -m pip install --quiet --disable-pip-version-check \\
  --requirement "$ROOT/source/requirements.txt"
PACKAGES="$("$ROOT/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
rm -rf "$PACKAGES/grader"
cp -R "$ROOT/source/kit/grader" "$PACKAGES/grader"
chmod -R go-rwx "$ROOT/source"  # hidden tests are for the judge, who is root, alone
"""
RUN = """\
#!/usr/bin/env bash
# Run by Gradescope for each submission. Without a score it writes no results and fails.
set -euo pipefail
ROOT="${{AUTOGRADER_ROOT:-/autograder}}"
exec "$ROOT/venv/bin/python" -m grader.export.gradescope_run {assignment}{unsafe} "$ROOT"
"""


def gradescope_zip(course: Course, assignment_id: str, *, unsafe: bool = False) -> bytes:
    """Make the zip of the autograder.

    Args:
        course: the course; the assignment must be built.
        assignment_id: which assignment.
        unsafe: whether Gradescope shall grade even if boxes cannot be closed off there.

    Raises:
        UsageError: the assignment is unknown or has not been built, or the kit is not installed.
        JudgeError: one of the assignment's files cannot be read.
    """
    load_bundle(course, assignment_id)  # so that a missing file is reported here, not by Gradescope
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(_files(course, assignment_id, unsafe)):
            member = zipfile.ZipInfo(name, WRITTEN_AT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = (0o100000 | _mode(name)) << 16
            archive.writestr(member, data)
    return content.getvalue()


def _mode(name: str) -> int:
    """The permissions of a member; solutions and hidden tests are for the grader's account only."""
    if name in SCRIPTS:
        return 0o755
    return 0o600 if name.startswith("course/solutions/") else 0o644


def _files(course: Course, assignment_id: str, unsafe: bool) -> Iterator[tuple[str, bytes]]:
    yield "setup.sh", SETUP.encode()
    flag = " --unsafe" if unsafe else ""
    yield "run_autograder", RUN.format(assignment=assignment_id, unsafe=flag).encode()
    yield "requirements.txt", _pinned().encode()
    yield f"course/{COURSE_FILE}", _course_of(course, assignment_id).encode()
    yield from _folder(Path(grader.__file__).parent, "kit/grader")
    release, solution = course.release_dir(assignment_id), course.solution_dir(assignment_id)
    yield from _folder(release, f"course/assignments/{assignment_id}")
    for name in (f"{assignment_id}.ipynb", *HIDDEN_FILES):
        if (solution / name).is_file():
            yield f"course/solutions/{assignment_id}/{name}", (solution / name).read_bytes()


def _folder(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not is_debris(inside):
            yield f"{name}/{inside.as_posix()}", path.read_bytes()


def _course_of(course: Course, assignment_id: str) -> str:
    """The part of course.yml that grading this assignment needs; Gradescope handles lateness."""
    keep = {"name", "seed", "limits", "language", "assignments"}
    data = course.model_dump(mode="json", include=keep)
    chosen = [entry for entry in data["assignments"] if entry["id"] == assignment_id]
    data["assignments"] = [
        {key: entry[key] for key in ("id", "title", "questions")} for entry in chosen
    ]
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _pinned() -> str:
    """All packages that the kit needs, directly or not, in the versions installed here."""
    try:
        metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        problem = "is not installed in this Python; run `make setup` and use its grader"
        raise UsageError(f"{DISTRIBUTION}: {problem}") from None
    seen: set[tuple[str, str]] = set()
    waiting = _needed_by(DISTRIBUTION, extra="course")
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += _needed_by(*one)
    names = sorted({name for name, _ in seen})
    return "".join(f"{name}=={metadata.version(name)}\n" for name in names)


def _needed_by(name: str, extra: str) -> list[tuple[str, str]]:
    """The (name, extra) pairs that a distribution with one of its extras requires here."""
    required = map(Requirement, metadata.requires(name) or [])
    return [
        (canonicalize_name(one.name), wanted)
        for one in required
        if one.marker is None or one.marker.evaluate({"extra": extra})
        for wanted in ("", *one.extras)
    ]
