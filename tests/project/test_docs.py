"""What the documentation names exists: commands, options, targets, files, keys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from grader.cli.app import cli
from grader.course.settings import Assignment, Course, LatePolicy, Limits, Question
from tests.kit.docs import commands
from tests.kit.files import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")]
)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)\)")
WHOLE = re.compile(r"\|| {4}\S|!\[[^]]*\]\(\S+\)$")
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


SHOWN = [(page, words) for page in PAGES for words in commands(page)]


def test_some_commands_are_found() -> None:
    assert {words[1] for _, words in SHOWN} >= {"demo", "test", "autograde", "build", "check"}


@pytest.mark.parametrize(
    ("page", "words"),
    [pytest.param(p, w, id=f"{p.name}:{' '.join(w)}") for p, w in SHOWN if w[0] == "grader"],
)
def test_a_grader_command_that_is_shown_can_be_called(page: Path, words: list[str]) -> None:
    name, *arguments = words[1:]
    if name.startswith("-"):
        assert name in ("--help", "--version")
        return
    command = cli.commands[name]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word for word in arguments if word.startswith("-")} <= options


@pytest.mark.parametrize(
    ("page", "words"),
    [pytest.param(p, w, id=f"{p.name}:{' '.join(w)}") for p, w in SHOWN if w[0] == "make"],
)
def test_a_make_target_that_is_shown_exists(page: Path, words: list[str]) -> None:
    assert words[1] in TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    targets = [m["target"] for m in LINK.finditer(page.read_text(encoding="utf-8"))]
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_lines_are_at_most_100_characters_wide(page: Path) -> None:
    """But for what cannot be broken: rows of tables, pictures, and files shown as they are."""
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 100 and not WHOLE.match(line)] == []


@pytest.mark.parametrize("model", [Course, Assignment, Question, Limits, LatePolicy])
def test_every_key_of_course_yml_is_explained(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    keys = [name for name, spec in model.model_fields.items() if not spec.exclude]
    assert [key for key in keys if f"`{key}`" not in page and f"`{key}:" not in page] == []


@pytest.mark.parametrize("model", [Limits, LatePolicy])
def test_defaults_are_told_as_they_are(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| (\S+) \|$", page, re.MULTILINE))
    for name, spec in model.model_fields.items():
        assert float(told[name]) == spec.default


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """Strict: a link that leads nowhere, or a page that the menu forgot, is a warning."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "not included in the" not in done.stderr, done.stderr
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="https?://(?!squidfunk)', html)
