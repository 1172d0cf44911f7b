"""What the files around the code promise about it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from grader import __version__
from tests.kit.files import ROOT

TOML = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = TOML["project"]


def name_of(requirement: str) -> str:
    """The package that a requirement asks for, spelled as in the lock."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match.group()).lower()


RUNTIME = {name_of(line) for line in PROJECT["dependencies"]}
EXTRAS = {
    extra: {name_of(line) for line in lines} - {PROJECT["name"]}
    for extra, lines in PROJECT["optional-dependencies"].items()
}
GROUPS = {
    group: {name_of(line) for line in lines if isinstance(line, str)}
    for group, lines in TOML["dependency-groups"].items()
}
DEVELOPERS = set().union(*GROUPS.values())
DIRECT = RUNTIME.union(DEVELOPERS, *EXTRAS.values())


def locked(name: str) -> set[str]:
    """The packages of a lock file, each as `name==version`."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return set(re.findall(r"^[a-z0-9-]+==[^ ;]+", text, re.MULTILINE))


COURSE, DEVELOPER = locked("requirements.lock"), locked("requirements-dev.lock")


def test_every_direct_dependency_has_its_reason_and_no_other_package_does() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([a-z0-9-]+)` \| \S.*\|$", page, re.MULTILINE)
    assert sorted(explained) == sorted(DIRECT)


def test_the_lock_of_developers_holds_every_direct_dependency_by_exact_version() -> None:
    assert {line.split("==")[0] for line in DEVELOPER} >= DIRECT


def test_the_lock_of_a_course_holds_what_a_course_needs_and_nothing_of_developers() -> None:
    names = {line.split("==")[0] for line in COURSE}
    assert names >= RUNTIME | EXTRAS["course"] | (EXTRAS["desk"] - {"chainrule"}) | GROUPS["build"]
    assert not names & {"jupyterhub", "mkdocs-material", "mypy", "playwright", "ruff"}


def test_both_locks_name_the_same_versions() -> None:
    assert COURSE <= DEVELOPER


@pytest.mark.parametrize("kind", ["", "-dev", "-scan"])
def test_a_lock_names_no_index(kind: str) -> None:
    assert "://" not in (ROOT / f"requirements{kind}.lock").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_the_code_imports_is_declared() -> None:
    imported = set()
    for path in (ROOT / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"grader"}
    packages = packages_distributions()
    assert {name_of(packages[module][0]) for module in foreign} <= DIRECT - DEVELOPERS


def test_help_imports_nothing_heavy() -> None:
    heavy = "nbgrader numpy matplotlib nbformat IPython pydantic rich".split()
    code = (
        "import sys; from grader.cli.app import cli; cli(['--help'], standalone_mode=False); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    command = [sys.executable, "-I", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "name",
    "LICENSE LICENSE-CONTENT CHANGELOG.md CITATION.cff CONTRIBUTING.md SECURITY.md".split(),
)
def test_what_a_project_comes_with_is_there(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").strip()


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_is_the_same_wherever_it_stands() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert [__version__, citation["version"]] == [PROJECT["version"]] * 2


def test_the_latest_version_is_supported() -> None:
    minor = ".".join(PROJECT["version"].split(".")[:2])
    assert f"| {minor} | yes |" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_sample_course_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*command, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True, timeout=60
    )
    (wheel,) = tmp_path.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    course = f"chainrule-{__version__}.data/data/share/chainrule/"
    taken = {name for name in packed if name.startswith(course)}
    assert packed - taken == _files("grader")
    assert "grader/py.typed" in packed
    assert {name.removeprefix(course) for name in taken} == {
        "course.yml",
        "nbgrader_config.py",
        *_files("solutions"),
        *_files("examples/submitted"),
    }


def _files(folder: str) -> set[str]:
    """Every file of a folder of the checkout, but for what Python and a running build leave."""
    paths = {path for path in (ROOT / folder).rglob("*") if path.is_file()}
    debris = {path for path in paths if {"__pycache__", ".gates.part"} & set(path.parts)}
    return {path.relative_to(ROOT).as_posix() for path in paths - debris}
