"""A student's installation: the package without extras, in an environment of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.kit.files import ROOT

pytestmark = pytest.mark.slow

FINISHED = ROOT / "examples" / "submitted" / "ada" / "backprop" / "backprop.ipynb"


def _with_what_it_requires(name: str, found: set[str]) -> set[str]:
    """The names of a package and of all that it requires, extras left out."""
    if name not in found:
        found.add(name)
        for line in distribution(name).requires or []:
            requirement, _, condition = line.partition(";")
            needed = re.match(r"[\w.-]+", requirement)
            if needed and not re.search("extra|platform|python_version", condition):
                _with_what_it_requires(needed[0].lower(), found)
    return found


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The start of a command in an environment that has only what a student installs."""
    folder = tmp_path_factory.mktemp("light") / "venv"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in _with_what_it_requires("chainrule", set()) - {"chainrule"}:
        files = distribution(name).files or []
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            source = Path(str(distribution(name).locate_file(top)))
            if source.is_dir():
                shutil.copytree(source, packages / top, ignore=shutil.ignore_patterns("tests"))
            else:
                shutil.copy(source, packages)
    (packages / "chainrule.pth").write_text(str(ROOT))
    return [str(folder / "bin" / "python"), "-m", "grader"]


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with a finished notebook, and the files that came with it."""
    shutil.copytree(ROOT / "assignments" / "backprop", tmp_path, dirs_exist_ok=True)
    shutil.copy(FINISHED, tmp_path)
    return tmp_path


def test_a_student_checks_a_notebook_without_what_a_course_needs(
    grader: list[str], work: Path
) -> None:
    done = _run(work, *grader, "check", "backprop.ipynb")
    assert "8 of 8 visible checks pass" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "command", ["build", "demo", "report backprop", "export --format csv", "init ours"]
)
def test_a_teachers_command_says_in_one_line_what_to_install(
    grader: list[str], work: Path, command: str
) -> None:
    before = sorted(work.iterdir())
    done = _run(work, *grader, *command.split())
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"grader: error: grader {command.split()[0]} needs ")
    assert line.endswith("type: pip install 'chainrule[course]'")
    assert sorted(work.iterdir()) == before


def test_the_doctor_tells_a_student_what_is_not_there(grader: list[str], work: Path) -> None:
    done = _run(work, *grader, "doctor", "--course", str(ROOT))
    assert "✗ nbgrader: not installed; to run a course, type: pip install" in done.stdout
    assert "gradebook" not in done.stdout
