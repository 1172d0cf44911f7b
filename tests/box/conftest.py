"""One warm launcher for all tests that need boxes: it takes seconds to start."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib import font_manager

from grader.box.launch import Launcher, launcher
from grader.errors import BoxError

if sys.platform != "linux":
    collect_ignore = ["jail"]


@pytest.fixture(scope="session")
def kept_fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list of fonts that an earlier nursery has left, with a mark of ours in it."""
    manager = font_manager.fontManager
    path = tmp_path_factory.mktemp("caches") / "chainrule" / f"fontlist-v{manager.__version__}.json"
    path.parent.mkdir()
    font_manager.json_dump(manager, path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "mark": "kept"}))
    return path


@pytest.fixture(scope="session")
def warm(kept_fonts: Path) -> Iterator[Launcher]:
    """The launcher that `grader grade` would use here."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(kept_fonts.parents[1]))
            box_launcher = launcher()
    except BoxError as error:
        pytest.skip(str(error))
    yield box_launcher
    box_launcher.close()
