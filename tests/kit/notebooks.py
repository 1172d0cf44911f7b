"""Notebooks put together by hand."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from grader.notebook import Cell, Notebook, grade_id


def make_cell(name: str, source: str, kind: str = "code", **marks: Any) -> Cell:
    """A cell; with `marks` it is one of nbgrader's, named `name`."""
    cell: Cell = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if marks:
        stock = {"grade": False, "locked": False, "schema_version": 3, "solution": False}
        cell["metadata"] = {"nbgrader": {**stock, "task": False, "grade_id": name, **marks}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def make_notebook(*cells: Cell) -> Notebook:
    """A notebook as Jupyter saves it."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code_notebook(*sources: str) -> Notebook:
    """A notebook with a sentence, and a cell for each of these sources."""
    cells = (make_cell(f"c{i}", source) for i, source in enumerate(sources))
    return make_notebook(make_cell("m", "# not code", "markdown"), *cells)


def answered(release: Notebook, **answers: str) -> Notebook:
    """A copy with these sources, by grade id, in its cells."""
    notebook = deepcopy(release)
    for cell in notebook["cells"]:
        cell["source"] = answers.get(grade_id(cell) or "", cell["source"])
    return notebook
