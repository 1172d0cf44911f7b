"""What may import what; read from the source, so that a shortcut is seen before it is taken."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import grader
from scripts.draw_rooms import floors, imported, source

ROOT = Path(grader.__file__).parent
MODULES = {
    ".".join(("grader", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in ROOT.rglob("*.py")
}


@pytest.fixture(scope="module")
def parsed() -> Mapping[str, ast.Module]:
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


@pytest.mark.slow
def test_imports_go_down_the_floors() -> None:
    """The contracts of pyproject.toml; what they forbid is told with module and line."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    linted = subprocess.run(
        command, cwd=ROOT.parent, capture_output=True, text=True, check=False, timeout=120
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert not drawers & {name.rpartition(".")[2] for name in MODULES}


def test_every_module_says_what_it_is_for(parsed: Mapping[str, ast.Module]) -> None:
    assert [module for module, tree in parsed.items() if not ast.get_docstring(tree)] == []


def test_public_names_are_listed_in_order_and_exist(parsed: Mapping[str, ast.Module]) -> None:
    for module, tree in parsed.items():
        listed = declared_all(tree)
        if listed is None:
            named = [name for name in own_definitions(tree) if not name.startswith("_")]
            assert not named, f"{module}: __all__ is missing"
        else:
            assert listed == sorted(listed, key=isort_key), module
            assert set(listed) <= set(top_level_names(tree)), module


def test_what_a_module_takes_from_another_is_public(parsed: Mapping[str, ast.Module]) -> None:
    hidden = []
    for module, tree in parsed.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader"):
                hidden += [
                    f"{module} takes {node.module}.{alias.name}"
                    for alias in node.names
                    if alias.name.startswith("_") and alias.name != "__version__"
                ]
    assert not hidden


WITHOUT_A_MODULE = {"project", "assignments", "attacks", "browser"}  # of the whole product


def test_tests_mirror_the_rooms() -> None:
    """`tests/<room>/test_<module>.py` tests `grader/<room>/<module>.py`."""
    tests = ROOT.parent / "tests"
    modules = {path.relative_to(ROOT) for path in MODULES.values()}
    strays = []
    for path in tests.rglob("test_*.py"):
        place = path.relative_to(tests)
        tested = place.with_name(place.name.removeprefix("test_"))
        if WITHOUT_A_MODULE.isdisjoint(place.parts[:-1]) and tested not in modules:
            strays.append(place.as_posix())
    assert strays == []


def test_no_test_module_takes_anything_from_another() -> None:
    takes = re.compile(r"^ *(from|import) [\w.]*\btest_", re.MULTILINE)
    tests = (ROOT.parent / "tests").rglob("test_*.py")
    assert [path.name for path in tests if takes.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.slow
def test_tests_use_public_names_only() -> None:
    """Neither read nor patched: what a test needs beyond them is made public, with a docstring."""
    hidden = []
    for path in (ROOT.parent / "tests").rglob("*.py"):
        if "snippets" not in path.parts:  # hostile code respects nothing
            tree = ast.parse(path.read_text(encoding="utf-8"))
            hidden += [f"{path.name}:{line}" for line in private_names(tree)]
    assert hidden == []


def private_names(tree: ast.Module) -> Iterator[int]:
    """Lines that reach into something else than an object's own attributes, or patch a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "os"):
            name = node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("setattr"):
            name = next((str(ast.literal_eval(a)) for a in node.args if is_text(a)), "")
            name = name.rpartition(".")[2]
        else:
            continue
        if name.startswith("_") and not name.startswith("__"):
            yield node.lineno


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def declared_all(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def own_definitions(tree: ast.Module) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in tree.body if isinstance(node, kinds)]


def top_level_names(tree: ast.Module) -> Iterator[str]:
    yield from own_definitions(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def isort_key(name: str) -> tuple[int, str]:
    """Ruff's order: CONSTANTS, then Classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = "nbgrader numpy matplotlib nbformat IPython pydantic".split()
    code = f"import sys, grader; print([name for name in {heavy!r} if name in sys.modules])"
    command = [sys.executable, "-I", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert shown.stdout.strip() == "[]"


@pytest.mark.slow
def test_loading_the_bundle_of_an_assignment_imports_no_nbgrader() -> None:
    code = (
        "import sys, grader.course.bundle, grader.grading.submission, grader.grading.pool; "
        "print([n for n in ('nbgrader', 'nbformat', 'matplotlib') if n in sys.modules])"
    )
    command = [sys.executable, "-I", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert shown.stdout.strip() == "[]"


@pytest.mark.slow
def test_every_room_says_who_imports_it() -> None:
    """In its docstring; rooms that it names and that have no use for it any more do no harm."""
    takes = {user: imported(user) for floor in floors() for user in floor}
    for room in takes:
        if not (ROOT / room).is_dir():
            continue
        docstring = ast.get_docstring(ast.parse(source(room).read_text(encoding="utf-8"))) or ""
        named = docstring.partition("Imported by:")[2]
        users = {user for user, taken in takes.items() if room in taken}
        unnamed = {user for user in users if f"`{user}`" not in named}
        assert not unnamed or "every room" in named, room


def test_a_course_begun_with_the_first_version_keeps_its_nbgrader_config() -> None:
    """If it could not be loaded, nbgrader would run student code with settings of its own."""
    from grader.bundle import HIDDEN_FILES
    from grader.course import Course

    assert {"hidden_tests.py", "mistakes.py", "messages.yml"} <= set(HIDDEN_FILES)
    assert Course.load(ROOT.parent).assignments
