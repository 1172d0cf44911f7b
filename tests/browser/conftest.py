"""A small class graded for real, and a Chromium that may reach no network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.watched import ID, STUDENTS, WITHIN_MS, Feedback, Show, Watched
from tests.kit.files import ROOT
from tests.kit.processes import grader_here

ROSTER = "id,first_name,last_name\nfarah,Farah,Al-Sayed\nnadia,Nadia,Haddad\nzoe,Zoë,Missing\n"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser, or another one of that family; no download."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Watched]:
    """One for all pages: a new one starts a process, which takes longer than most tests."""
    context = browser.new_context()
    yield Watched(context.new_page())
    context.close()


@pytest.fixture
def show(tab: Watched) -> Show:
    """Opens a file where the one before it was, as if in a new tab; `show(path, viewport)`."""
    return tab.show


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nine of the sample class have been graded, with all pages written."""
    folder = tmp_path_factory.mktemp("class")
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name / ID, folder / name / ID)
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    for student in STUDENTS:
        shutil.copytree(
            ROOT / "examples" / "submitted" / student / ID, folder / "submitted" / student / ID
        )
    for command in (("autograde", ID, "--workers", "2"), ("feedback", ID), ("report", ID)):
        done = grader_here(folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def report(course: Path) -> Path:
    return course / "reports" / f"{ID}.html"


@pytest.fixture(scope="session")
def feedback(course: Path) -> Feedback:
    return lambda student: course / "feedback" / student / ID / f"{ID}.html"
