"""Which files in an assignment's folder are for students, which are hidden, which are debris."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path, PurePath

__all__ = [
    "DEBRIS",
    "EQUIVALENTS",
    "HIDDEN_FILES",
    "HIDDEN_TESTS",
    "MESSAGES",
    "MISTAKES",
    "NOT_RELEASED",
    "PROOF",
    "SMALL_INPUTS",
    "helper_files",
    "is_debris",
    "is_helper",
    "is_released",
]

HIDDEN_TESTS, MISTAKES, MESSAGES = "hidden_tests.py", "mistakes.py", "messages.yml"
SMALL_INPUTS = "small_inputs.py"
EQUIVALENTS, PROOF = "equivalent_mutants.yml", "gates.json"
HIDDEN_FILES = (HIDDEN_TESTS, MISTAKES, MESSAGES, SMALL_INPUTS, EQUIVALENTS, PROOF)

DEBRIS = ("__pycache__", "*.pyc", "*~", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", "._*")
NOT_RELEASED = (".*", *DEBRIS, *HIDDEN_FILES)  # patterns, as fnmatch, shutil and nbgrader read them


def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(fnmatch.translate, patterns)), re.IGNORECASE)


NAMED_DEBRIS, ANY_DEBRIS = _pattern(DEBRIS), _pattern((".*", *DEBRIS))
UNRELEASED = _pattern(NOT_RELEASED)


def is_debris(path: PurePath, *, dotfiles: bool = True) -> bool:
    """Whether a file was left behind by an editor, a tool or the operating system.

    Args:
        path: relative to the folder in question; each folder on it is looked at too.
        dotfiles: whether every name that begins with a dot counts as debris. In a download it
            does not: students chose those names, so no file may be left out in silence.
    """
    pattern = ANY_DEBRIS if dotfiles else NAMED_DEBRIS
    return any(map(pattern.match, path.parts))


def is_released(path: PurePath) -> bool:
    """Whether students get this file of a solution's folder; they get the notebook too.

    Args:
        path: relative to that folder.
    """
    return not any(map(UNRELEASED.match, path.parts))


def is_helper(path: PurePath) -> bool:
    """Whether a file is a helper file, which students get beside the notebook.

    Args:
        path: relative to the folder of the release.
    """
    return is_released(path) and path.suffix.lower() != ".ipynb"


def helper_files(folder: Path) -> dict[str, bytes]:
    """The helper files in a release folder, by name relative to it, sorted by name."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder): path for path in paths}
    found = {name.as_posix(): path for name, path in names.items() if is_helper(name)}
    return {name: found[name].read_bytes() for name in sorted(found)}
