"""The versions that a notebook was graded with, kept in its metadata."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from grader import __version__

__all__ = ["versions_of", "with_versions"]


def with_versions(notebook: dict[str, Any]) -> dict[str, Any]:
    """A copy that names the versions of Python, of the libraries, and of this kit."""
    metadata = notebook["metadata"]
    marks = {**metadata.get("grader", {}), "versions": dict(_installed())}
    return {**notebook, "metadata": {**metadata, "grader": marks}}


@cache
def _installed() -> Mapping[str, str]:
    """Looked up once: a library's version stands in a file, and each submission names it."""
    libraries = {name: version(name) for name in ("numpy", "matplotlib")}
    return {"Python": platform.python_version(), **libraries, "Chainrule": __version__}


def versions_of(notebook: dict[str, Any] | None) -> str:
    """The versions in a notebook that was graded, as a list for people; else an empty text."""
    marks = (notebook or {}).get("metadata", {}).get("grader", {})
    return ", ".join(f"{name} {number}" for name, number in marks.get("versions", {}).items())
