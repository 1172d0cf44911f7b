"""The vocabulary of a `mistakes.py`: wrong variants of a step, and other right ways."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Alternative", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong variant of one step.

    Args:
        id: `<question>.<name>`, stable, shown in exports.
        question: the question whose step it is; only that one loses points.
        hint: one or two sentences that lead without giving the line away.
        code: definitions that replace those of the same names in the solution cell.
    """

    id: str
    question: str
    hint: str
    code: str


@dataclass(frozen=True)
class Alternative:
    """A correct way to write a step that differs from the instructor's.

    Args:
        id: `<question>.<name>`.
        question: the question whose step it is.
        code: definitions that replace those of the same names in the solution cell.
    """

    id: str
    question: str
    code: str
