"""The pictures of docs/gallery.md, and the palette that they share."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from runpy import run_path
from typing import Any

import matplotlib
import pytest
from IPython import get_ipython
from matplotlib_inline.config import InlineBackend
from PIL import Image

from scripts.draw_gallery import ASSIGNMENTS, COURSE, DIGEST, FOLDER, pictures, source_digest
from tests.kit.files import ROOT

PAGE = ROOT / "docs" / "gallery.md"
SHOWN = re.compile(r"^!\[[^\]]+\]\((images/gallery/\S+)\)\n\n(?!!|#)\S", re.MULTILINE)
ALL = [path for assignment in ASSIGNMENTS for path in pictures(assignment)]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_committed_pictures_are_those_of_todays_notebooks(assignment: str) -> None:
    """After a change: python scripts/draw_gallery.py."""
    assert pictures(assignment)
    for path in pictures(assignment):
        with Image.open(path) as picture:
            assert picture.info[DIGEST] == source_digest(assignment), path.name


def test_the_gallery_shows_every_figure_once_with_a_sentence() -> None:
    shown = [PAGE.parent / name for name in SHOWN.findall(PAGE.read_text(encoding="utf-8"))]
    assert shown == ALL
    assert sorted(FOLDER.iterdir()) == sorted(ALL)


def test_the_pictures_are_sharp_and_small() -> None:
    for path in ALL:
        assert path.stat().st_size < 60_000, path.name
        with Image.open(path) as picture:
            assert picture.width >= 800, path.name


def lightness(color: str) -> float:
    """L* of CIELAB, from 0 (black) to 100 (white)."""
    values = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return float(116 * sum(map(float.__mul__, (0.2126, 0.7152, 0.0722), linear)) ** (1 / 3) - 16)


@pytest.fixture
def palette() -> dict[str, Any]:
    found: dict[str, Any] = run_path(str(COURSE.solution_dir("backprop") / "figures.py"))
    return found


@pytest.mark.parametrize("names", [("BLUE", "ORANGE", "GREEN"), ("PALE",)])
def test_colours_differ_in_lightness_so_that_they_need_no_colour(
    palette: dict[str, Any], names: tuple[str, ...]
) -> None:
    colors = [palette[name] for name in names] if len(names) > 1 else [*palette[names[0]]]
    assert all(lightness(after) - lightness(before) > 9 for before, after in pairwise(colors))


def test_lines_stand_out_from_white_paper(palette: dict[str, Any]) -> None:
    for name in ("INK", "GREY", "BLUE", "ORANGE", "GREEN"):
        assert lightness(palette[name]) < 62, name  # a contrast of 3 : 1


@pytest.mark.filterwarnings("ignore:InlineBackend:DeprecationWarning")  # of its own
def test_a_notebook_shows_two_dots_for_each_one_of_a_plain_screen(palette: dict[str, Any]) -> None:
    assert get_ipython() is None  # importing it is enough for the helper to look for a notebook
    try:
        with matplotlib.rc_context():
            palette["set_up_figures"]()
        assert InlineBackend.instance().figure_formats == {"retina"}
    finally:
        InlineBackend.clear_instance()


def test_no_figure_has_a_colour_of_its_own_for_a_line() -> None:
    """Colours that are written out are shades of a region or a cell; lines take the palette's."""
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        assert not re.findall(r"#[0-9a-f]{6}\b", Path(path).read_text(encoding="utf-8")), path.name
