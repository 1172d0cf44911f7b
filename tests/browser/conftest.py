"""A small class graded for real, and a Chromium that may reach no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, ViewportSize, sync_playwright

from tests.browser.watched import DESKTOP, ID, STUDENTS, Feedback, Show, Watched
from tests.kit.files import ROOT

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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Opens a file; `show(path, viewport)`."""
    contexts = []

    def open_page(path: Path, viewport: ViewportSize = DESKTOP) -> Watched:
        context = browser.new_context(viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        watched = Watched(page)
        page.on("console", lambda message: watched.complaints.append(message.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))

        def refuse(route: Route) -> None:
            if route.request.url == path.as_uri():
                route.continue_()
            else:
                watched.requests.append(route.request.url)
                route.abort()

        page.route("**/*", refuse)
        page.goto(path.as_uri())
        return watched

    yield open_page
    for context in contexts:
        context.close()


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
        arguments = [sys.executable, "-m", "grader", *command, "--course", str(folder)]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def report(course: Path) -> Path:
    return course / "reports" / f"{ID}.html"


@pytest.fixture(scope="session")
def feedback(course: Path) -> Feedback:
    return lambda student: course / "feedback" / student / ID / f"{ID}.html"
