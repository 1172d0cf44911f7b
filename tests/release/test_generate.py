"""nbgrader's own converter, as the build drives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import GenerateAssignment
from nbgrader.utils import compute_checksum

from grader.course.settings import Course
from grader.errors import BuildError
from grader.notebook import Notebook, dumps, grade_id, loads
from grader.release.generate import generate_assignment
from tests.kit.course import ID, make_source, write_course
from tests.kit.notebooks import make_cell


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "a course (1)")


def change_source(course: Course, change: Callable[[Notebook], None]) -> None:
    notebook = make_source()
    change(notebook)
    (course.solution_dir(ID) / f"{ID}.ipynb").write_text(dumps(notebook), encoding="utf-8")


def test_the_stock_order_of_generate_assignment_is_the_one_we_rely_on() -> None:
    names = [step.__name__ for step in GenerateAssignment.preprocessors.default_args[0]]
    assert names == [
        "IncludeHeaderFooter",
        "InstantiateTests",
        "LockCells",
        "ClearSolutions",
        "ClearOutput",
        "CheckCellMetadata",
        "ComputeChecksums",
        "SaveCells",
        "ClearHiddenTests",
        "ClearMarkScheme",
        "ComputeChecksums",
        "CheckCellMetadata",
    ]


def test_generate_assignment_makes_stubs_checksums_and_copies_helpers(
    course: Course, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (course.solution_dir(ID) / ".hidden").write_text("x", encoding="utf-8")
    (course.solution_dir(ID) / "scratch.ipynb").write_text("not JSON", encoding="utf-8")
    before = sorted(course.root.rglob("*"))
    into = tmp_path / "into"
    generate_assignment(course, ID, into)
    assert sorted(p.name for p in into.iterdir()) == ["helper.py", f"{ID}.ipynb"]
    release = loads((into / f"{ID}.ipynb").read_bytes())
    cells = {grade_id(cell): cell for cell in release["cells"]}
    assert "raise NotImplementedError()" in cells["double"]["source"]
    assert "2 * x" not in cells["double"]["source"]
    assert len(cells["test_double"]["metadata"]["nbgrader"]["checksum"]) == 32
    assert cells["test_double"]["metadata"]["editable"] is False
    assert cells["why"]["source"] == "YOUR ANSWER HERE"
    assert sorted(course.root.rglob("*")) == before
    assert capfd.readouterr() == ("", "")


def test_a_locked_text_with_terms_has_the_checksum_that_nbgrader_expects(
    course: Course, tmp_path: Path
) -> None:
    def lock_the_title(notebook: Notebook) -> None:
        notebook["cells"][0] = make_cell("title", "# Tiny", "markdown", locked=True)

    change_source(course, lock_the_title)
    generate_assignment(course, ID, tmp_path / "into")
    release = nbformat.read(tmp_path / "into" / f"{ID}.ipynb", as_version=4)
    title = release.cells[0]
    assert title.source == "# Tiny\n\n*9 points, due 2026-01-10 12:00 (UTC)*"
    assert title.metadata.nbgrader.checksum == compute_checksum(title)


def test_generate_assignment_names_the_cell_that_nbgrader_refuses(
    course: Course, tmp_path: Path
) -> None:
    def duplicate(notebook: Notebook) -> None:
        notebook["cells"].append({**notebook["cells"][2], "id": "again"})

    def solution_in_a_check(notebook: Notebook) -> None:
        notebook["cells"][3]["source"] = "### BEGIN SOLUTION\n1\n### END SOLUTION"

    def open_region(notebook: Notebook) -> None:
        notebook["cells"][4]["source"] = "### BEGIN SOLUTION\n1"

    for change, reason in (
        (duplicate, "cell 'double': Duplicate grade id: double"),
        (solution_in_a_check, "cell 'test_double': Solution region detected in a non-solution"),
        (open_region, "cell 'square': no end solution statement found"),
    ):
        change_source(course, change)
        with pytest.raises(BuildError) as caught:
            generate_assignment(course, ID, tmp_path / "into")
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)


def test_generate_assignment_without_a_notebook_is_a_build_error(
    course: Course, tmp_path: Path
) -> None:
    (course.solution_dir(ID) / f"{ID}.ipynb").unlink()
    with pytest.raises(BuildError, match="not found"):
        generate_assignment(course, ID, tmp_path / "into")
