"""assignments/ → a static site on which students work in the browser, without an installation.

JupyterLite builds it: JupyterLab's notebook as static files, with Python compiled to WebAssembly.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from grader.course.folder import is_debris
from grader.course.settings import Assignment, Course
from grader.errors import BuildError, UsageError
from grader.pages.rendering import render

__all__ = ["write_site"]

MARK = ".chainrule-site"  # what is in a folder that has it may be replaced
EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
NEEDED = ("pyodide/pyodide.mjs", "pyodide/pyodide-lock.json")


def write_site(course: Course, ids: Sequence[str], output: Path, runtime: Path | None) -> None:
    """Write the site of a course; the one that was there before is replaced when it is ready.

    Args:
        course: the course.
        ids: the assignments; none means all.
        output: a folder that does not exist, is empty, or holds an earlier site.
        runtime: the archive `pyodide-<version>.tar.bz2`; the site then loads nothing from
            elsewhere. None: the browser takes Python from the place that JupyterLite names.

    Raises:
        UsageError: JupyterLite is not installed, the folder holds something else or cannot be
            written, or the archive is not a whole runtime.
        BuildError: an assignment has not been released, or JupyterLite fails.
    """
    if find_spec("jupyterlite_core") is None:
        raise UsageError("grader site needs JupyterLite; type: pip install 'chainrule[site]'")
    assignments = list(course.chosen(tuple(ids)))
    releases = [_release(course, assignment) for assignment in assignments]
    _refuse_other_folders(output)
    if runtime is not None:
        _refuse_other_archives(runtime)
    output = output.absolute()
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as folder:
            made = Path(folder) / "site"
            _build(Path(folder), releases, made / "lite", runtime)
            (made / "index.html").write_text(_index(course, assignments), encoding="utf-8")
            (made / MARK).touch()
            _replace(output, made, Path(folder) / "before")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror})") from None


def _replace(output: Path, made: Path, before: Path) -> None:
    """Put the new site in its place; the one of before comes back if that fails."""
    is_there = output.exists()
    if is_there:
        output.rename(before)
    try:
        made.rename(output)
    except BaseException:
        if is_there:
            before.rename(output)
        raise


def _release(course: Course, assignment: Assignment) -> Path:
    folder = course.release_dir(assignment.id)
    notebook = folder / f"{assignment.id}.ipynb"
    if not notebook.is_file():
        raise BuildError(f"{notebook}: not found; run `grader build {assignment.id}` first")
    return folder


def _refuse_other_folders(output: Path) -> None:
    if output.is_dir() and not (output / MARK).is_file() and any(output.iterdir()):
        raise UsageError(f"{output}: holds other files; name a new folder with --output")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output}: is a file; name a new folder with --output")


def _refuse_other_archives(runtime: Path) -> None:
    """Refuse what has no runtime in it, or one without numpy and matplotlib."""
    remedy = "download pyodide-<version>.tar.bz2 (not pyodide-core) from Pyodide's releases"
    try:
        with tarfile.open(runtime, "r:bz2") as archive:
            names = set(archive.getnames())
            lock = archive.extractfile(NEEDED[1])  # None for what is no file
            packages = json.loads(lock.read() if lock else b"")["packages"]
            files = [packages[name]["file_name"] for name in ("numpy", "matplotlib")]
    except (OSError, EOFError, tarfile.TarError, KeyError, TypeError, ValueError):
        raise UsageError(f"{runtime}: is no archive of a runtime; {remedy}") from None
    if not names >= {*NEEDED, *(f"pyodide/{file}" for file in files)}:
        raise UsageError(f"{runtime}: has no numpy or matplotlib in it; {remedy}")


def _build(folder: Path, releases: Sequence[Path], into: Path, runtime: Path | None) -> None:
    """Run JupyterLite, which leaves files of its own in the folder where it runs."""
    contents, work = folder / "contents", folder / "work"
    work.mkdir()
    for release in releases:
        shutil.copytree(release, contents / release.name, ignore=_debris)
    settings = {
        "contents": [str(contents)],
        "output_dir": str(into),
        "apps": ["notebooks", "lab"],
        "ignore_sys_prefix": ["federated_extensions"],  # nbgrader's are of no use to students
        "federated_extensions": [str(Path(sys.prefix) / EXTENSION)],
        "no_libarchive": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    config = json.dumps({"LiteBuildConfig": settings})
    (work / "jupyter_lite_config.json").write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    if runtime is not None:
        command += ["--pyodide", str(runtime.absolute())]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True)
    if done.returncode or not (into / "notebooks").is_dir():
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise BuildError(f"JupyterLite did not build the site: {reason}")


def _debris(_: str, names: list[str]) -> set[str]:
    return {name for name in names if is_debris(Path(name))}


def _index(course: Course, assignments: Sequence[Assignment]) -> str:
    """The first page: each assignment with its due time, and how to keep and hand in the work."""
    rows = [
        (assignment, _due(course, assignment), quote(f"{assignment.id}/{assignment.id}.ipynb"))
        for assignment in assignments
    ]
    return render("site.html", title=course.name, rows=rows)


def _due(course: Course, assignment: Assignment) -> str:
    if assignment.due is None:
        return ""
    zone = course.shown_zone(assignment)
    return f"{assignment.due.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"
