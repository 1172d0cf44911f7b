"""Files and functions that pages name exist; a function is named as `file::function`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(?P<file>[\w./-]+)::(?P<name>[\w.]+)`")
PLACE = re.compile(r"`((?:grader|tests|docs|scripts|solutions|\.ci)/[\w./-]*)`")
EXAMPLES = {"grader/locale/fr/LC_MESSAGES/messages.po"}  # of what one can make
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def named(page: Path) -> list[tuple[str, str]]:
    return NAMED.findall(page.read_text(encoding="utf-8"))


def defined(body: list[ast.stmt], names: list[str]) -> bool:
    """Whether functions, classes, assigned names or class members of these names are there."""
    first, *rest = names
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name == first:
                return not rest
            case ast.ClassDef(name=name, body=inner) if name == first:
                return not rest or defined(inner, rest)
            case ast.Assign(targets=targets) if first in map(ast.unparse, targets):
                return not rest
            case ast.AnnAssign(target=ast.Name(id=name)) if name == first:
                return not rest
    return False


@pytest.mark.parametrize(
    ("file", "name"), sorted({pair for page in PAGES for pair in named(page)}), ids=str
)
def test_a_function_that_is_named_is_there(file: str, name: str) -> None:
    path = ROOT / "grader" / file
    assert path.is_file()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert defined(tree.body, name.split("."))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_folder_or_file_that_is_named_is_there(page: Path) -> None:
    places = set(PLACE.findall(page.read_text(encoding="utf-8"))) - EXAMPLES
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_page_on_architecture_speaks_of_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "grader").glob("*/__init__.py")}
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in rooms if f"`{room}`" not in page and f"`{room}/`" not in page] == []
