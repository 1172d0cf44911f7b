"""Sizes of screens, and what is known of a page that is open in one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, ViewportSize

ID = "two_layer_net"
STUDENTS = "ada bela dana emil farah igor kofi nadia olu".split()
WITHIN_MS = 120_000  # of what a page should show; on a busy machine everything takes long
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
PAPER = ViewportSize(width=718, height=1047)  # A4 without the margins that browsers leave


class Watched:
    """A page of ours in the browser, with whatever it complained of or asked for.

    Args:
        page: shows one file after the other, each as if it were the first.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._address = ""
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self._only_the_file)

    def show(self, path: Path, viewport: ViewportSize = DESKTOP) -> Watched:
        """Open a file; nothing is left of the one before it."""
        self.page.goto("about:blank")
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(media="null", color_scheme="light")
        self.complaints, self.requests, self._address = [], [], path.as_uri()
        self.page.goto(self._address)
        return self

    def _only_the_file(self, route: Route) -> None:
        if route.request.url == self._address:
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()


Show = Callable[..., Watched]
Feedback = Callable[[str], Path]
