"""What may import what; read from the source, so that a shortcut is seen before it is taken."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader

ROOT = Path(grader.__file__).parent
MODULES = {
    ".".join(("grader", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in ROOT.rglob("*.py")
}
CONTRIBUTING = ROOT.parent / "CONTRIBUTING.md"
INSIDE_THE_BOX = ("grader.box.inside.runner", "grader.box.inside.shell", "grader.box.protocol")


def imported(module: str) -> set[str]:
    """Absolute names of all modules that a module's source imports, at any depth of nesting."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            parent = node.module or ""
            found |= {parent} | {
                name for alias in node.names if (name := f"{parent}.{alias.name}") in MODULES
            }
    return found


def with_parents(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def reachable(module: str) -> set[str]:
    """What is imported once `module` is: its packages, its imports, and theirs within grader."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for name in with_parents(waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting += imported(name) if name in MODULES else ()
    return seen


@pytest.mark.parametrize("module", INSIDE_THE_BOX)
def test_what_runs_beside_student_code_knows_nothing_of_judging(module: str) -> None:
    forbidden = (
        "grader.judge",
        "grader.gradebook.book",
        "grader.grading.submission",
        "grader.course.bundle",
        "nbgrader",
    )
    assert not [n for n in reachable(module) if n.startswith(forbidden)]


def test_the_judge_does_not_know_the_gradebook_nor_the_launcher() -> None:
    judge = [name for name in MODULES if name.startswith("grader.judge")]
    reached = set().union(*map(reachable, judge))
    assert not reached & {
        "grader.gradebook.book",
        "grader.box.launch",
        "grader.box.session",
        "nbgrader",
    }


def test_only_the_rows_and_the_plugins_import_nbgrader() -> None:
    users = {
        module for module in MODULES if any(n.split(".")[0] == "nbgrader" for n in imported(module))
    }
    assert users == {"grader.gradebook.rows", "grader.nbgrader_plugins"}


LAYOUT = re.findall(r"^    (grader/.*)$", CONTRIBUTING.read_text(encoding="utf-8"), re.MULTILINE)
LEVELS = {
    f"grader.{module or folder}": level
    for level, line in enumerate(LAYOUT)
    for module, folder in re.findall(r"(\w+)\.py|grader/(\w+)/", line)
}


def level(module: str) -> int | None:
    """The line of CONTRIBUTING.md that a module, or the folder that it is in, stands on."""
    return next((LEVELS[name] for name in with_parents(module) if name in LEVELS), None)


def test_dependencies_point_down_the_list_in_contributing() -> None:
    assert len(LEVELS) > 20 and set(LEVELS) <= set(MODULES)
    up = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imported(module) & set(MODULES)
        if None not in (level(module), level(name)) and level(name) < level(module)
    ]
    assert up == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert not drawers & {name.rpartition(".")[2] for name in MODULES}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_public_names_are_listed_in_order_and_exist(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    listed = declared_all(tree)
    defined = set(top_level_names(tree))
    if listed is None:
        assert not [n for n in own_definitions(tree) if not n.startswith("_")], "__all__ is missing"
        return
    assert listed == sorted(listed, key=isort_key)
    assert set(listed) <= defined


def test_what_a_module_takes_from_another_is_public() -> None:
    hidden = []
    for module in MODULES:
        tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader"):
                hidden += [
                    f"{module} takes {node.module}.{alias.name}"
                    for alias in node.names
                    if alias.name.startswith("_") and alias.name != "__version__"
                ]
    assert not hidden


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


def test_loading_the_bundle_of_an_assignment_imports_no_nbgrader() -> None:
    code = (
        "import sys, grader.course.bundle, grader.grading.submission, grader.grading.pool; "
        "print([n for n in ('nbgrader', 'nbformat', 'matplotlib') if n in sys.modules])"
    )
    command = [sys.executable, "-I", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert shown.stdout.strip() == "[]"
