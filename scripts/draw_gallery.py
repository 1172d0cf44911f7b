"""Draw all figures of the notebooks, as docs/images/gallery/<assignment>-<cell>.png.

    python scripts/draw_gallery.py

It executes the solution notebooks as plain scripts. A picture carries the digest of what can change
it, by which a test finds pictures that are out of date. docs/gallery.md shows them all.
"""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from grader.course.folder import helper_files
from grader.course.settings import Course
from grader.notebook import Cell, is_check, loads

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images" / "gallery"
COURSE = Course.load(ROOT)
ASSIGNMENTS = [assignment.id for assignment in COURSE.assignments]
DIGEST = "Source digest"  # a text in each picture
DPI = 160
COLORS = 64  # of a picture; more make the file larger, and nobody sees them
SHOWS = "plt.show()"


def code_cells(assignment_id: str) -> list[Cell]:
    """The code of the solution notebook."""
    path = COURSE.solution_dir(assignment_id) / f"{assignment_id}.ipynb"
    cells = loads(path.read_bytes())["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def pictures(assignment_id: str) -> list[Path]:
    """The picture of each cell that shows a figure, in the order of the notebook."""
    shown = [cell["id"] for cell in code_cells(assignment_id) if SHOWS in cell["source"]]
    return [FOLDER / f"{assignment_id}-{name}.png" for name in shown]


def source_digest(assignment_id: str) -> str:
    """SHA-256 of what can change a figure: code and helper files, but no checks."""
    digest = hashlib.sha256(str((DPI, COLORS)).encode())
    for cell in code_cells(assignment_id):
        if not is_check(cell):
            digest.update(cell["source"].encode() + b"\0")
    for name, data in sorted(helper_files(COURSE.solution_dir(assignment_id)).items()):
        if name != "checking.py":
            digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()


def draw(assignment_id: str) -> None:
    """Execute the notebook in this process, and save its figures."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    pyplot.show = lambda: None
    folder = COURSE.solution_dir(assignment_id)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    targets = iter(pictures(assignment_id))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in code_cells(assignment_id):
        with redirect_stdout(io.StringIO()):
            exec(compile(cell["source"], cell["id"], "exec"), names)  # noqa: S102 — our own cells
        if SHOWS in cell["source"]:
            save(pyplot.gcf(), next(targets), source_digest(assignment_id))
            pyplot.close("all")


def save(figure: Any, path: Path, digest: str) -> None:
    """Save a figure in few colours, with the digest as a text."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=DPI)
    info = PngInfo()
    info.add_text(DIGEST, digest)
    picture = Image.open(buffer).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    picture.save(path, optimize=True, pnginfo=info)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    # helper files of different notebooks have the same names, so each notebook has its process
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        pool.map(draw, ASSIGNMENTS, chunksize=1)
