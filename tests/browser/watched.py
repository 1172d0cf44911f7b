"""Sizes of screens, and what is known of a page that is open in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

ID = "two_layer_net"
STUDENTS = "ada bela dana emil farah igor kofi nadia olu".split()
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
PAPER = ViewportSize(width=718, height=1047)  # A4 without the margins that browsers leave


@dataclass
class Watched:
    """A page of ours in the browser, with whatever it complained of or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Show = Callable[..., Watched]
Feedback = Callable[[str], Path]
