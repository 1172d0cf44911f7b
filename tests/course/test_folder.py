"""Which files in an assignment's folder are for students, which are hidden, which are debris."""

from __future__ import annotations

import fnmatch
from pathlib import Path, PurePosixPath

import pytest

from grader.course.folder import (
    HIDDEN_FILES,
    NOT_RELEASED,
    helper_files,
    is_debris,
    is_helper,
    is_released,
)

DEBRIS = [
    "__pycache__/a.pyc",
    "a.pyc",
    "helper.py~",
    ".ipynb_checkpoints/net.ipynb",
    "__MACOSX/net.ipynb",
    "__macosx/net.ipynb",
    "data/.DS_Store",
    "ada/._net.ipynb",
]
DOTTED = [".git/HEAD", ".zoe/net.ipynb", ".env", "../net.ipynb"]
HELPERS = ["helper.py", "data/digits.npz", "pyc", "a~b.txt", "a.b/c"]


@pytest.mark.parametrize("name", DEBRIS)
def test_debris_is_debris_everywhere_and_reaches_no_student(name: str) -> None:
    path = PurePosixPath(name)
    assert is_debris(path)
    assert is_debris(path, dotfiles=False)
    assert not is_released(path)
    assert not is_helper(path)


@pytest.mark.parametrize("name", DOTTED)
def test_a_dotfile_is_debris_in_our_folders_but_not_in_a_download(name: str) -> None:
    path = PurePosixPath(name)
    assert is_debris(path)
    assert not is_debris(path, dotfiles=False)
    assert not is_released(path)


@pytest.mark.parametrize("name", [*HIDDEN_FILES, "Hidden_Tests.PY", "deep/mistakes.py"])
def test_hidden_files_are_no_debris_but_reach_no_student(name: str) -> None:
    path = PurePosixPath(name)
    assert not is_debris(path)
    assert not is_released(path)


@pytest.mark.parametrize("name", HELPERS)
def test_helpers_reach_students(name: str) -> None:
    path = PurePosixPath(name)
    assert is_released(path)
    assert is_helper(path)
    assert not any(fnmatch.fnmatch(part, p) for part in path.parts for p in NOT_RELEASED)


@pytest.mark.parametrize("name", ["net.ipynb", "deep/Copy.IPYNB"])
def test_a_notebook_is_released_but_is_no_helper(name: str) -> None:
    path = PurePosixPath(name)
    assert is_released(path)
    assert not is_helper(path)


def test_helper_files_come_by_name_with_folders(tmp_path: Path) -> None:
    for name in (*HELPERS[:2], *DEBRIS, "mistakes.py", "net.ipynb", "Data.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found = helper_files(tmp_path)
    assert list(found) == ["Data.csv", "data/digits.npz", "helper.py"]
    assert found["helper.py"] == b"helper.py"
