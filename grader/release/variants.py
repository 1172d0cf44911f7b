"""The versions of steps that a proof grades: mistakes, alternatives, mutants, and the solution."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.course.solution import reference_source
from grader.judge.catalogue import Catalogue
from grader.notebook import Cell, Notebook, is_solution, question_of
from grader.release.mutants import mutants

__all__ = [
    "SEED",
    "SOLUTION",
    "Variant",
    "all_variants",
    "catalogued",
    "handed_in",
    "is_answer",
    "kept_code",
]


@dataclass(frozen=True)
class Variant:
    """One version of one step.

    Args:
        kind: mistake, alternative, mutant or solution.
        id: its name in messages.
        question: the question that the step belongs to.
        function: the mutated function; "" for any other variant.
        code: definitions that come after those of the solution cell.
    """

    kind: str
    id: str
    question: str
    function: str = ""
    code: str = ""


SOLUTION = Variant("solution", "solution", "")
SEED = 20261123  # of every proof, whatever the course's own, so that a proof holds in other courses


def all_variants(source: Notebook, mistakes: str) -> Iterator[Variant]:
    """The variants of every question, without the solution itself.

    Args:
        source: the solution notebook.
        mistakes: text of mistakes.py.

    Raises:
        JudgeError: the catalogue is broken.
    """
    yield from catalogued(mistakes)
    for cell in filter(is_answer, source["cells"]):
        for node in ast.parse(cell["source"]).body:
            if isinstance(node, ast.FunctionDef):
                for mutant in mutants(node):
                    question = question_of(cell) or ""
                    yield Variant("mutant", mutant.change, question, node.name, mutant.code)


def catalogued(mistakes: str) -> Iterator[Variant]:
    """The mistakes of a mistakes.py, then its alternatives.

    Raises:
        JudgeError: the catalogue is broken.
    """
    catalogue = Catalogue.from_source(mistakes)
    for mistake in catalogue.mistakes:
        yield Variant("mistake", mistake.id, mistake.question, code=mistake.code)
    for other in catalogue.alternatives:
        yield Variant("alternative", other.id, other.question, code=other.code)


def is_answer(cell: Cell) -> bool:
    """Whether a cell holds the code that answers a question."""
    return cell["cell_type"] == "code" and is_solution(cell) and question_of(cell) is not None


def handed_in(source: Notebook, variant: Variant) -> Notebook:
    """The definitions of the solution, with those of the variant after its own question's.

    Args:
        source: the solution notebook.
        variant: the variant.
    """
    cells = [_defining(cell, variant) for cell in source["cells"] if cell["cell_type"] == "code"]
    return {**source, "cells": cells}


def kept_code(cell: Cell) -> str:
    """The code of a code cell that variants keep: all of a solution's, else its definitions."""
    return cell["source"] if is_solution(cell) else reference_source({"cells": [cell]})


def _defining(cell: Cell, variant: Variant) -> Cell:
    code = kept_code(cell)
    is_changed = is_solution(cell) and question_of(cell) == variant.question
    return {**cell, "source": f"{code}\n\n{variant.code}" if is_changed else code}
