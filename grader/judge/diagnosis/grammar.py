"""Formulas of two or three terms, thousands of which are tried on a few numbers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

__all__ = ["Atoms", "Joined", "Term", "fitting", "of_one", "of_three", "of_two"]

SAMPLES = 6
FEW = 2  # atoms; with more, the third term is a plain one
RTOL, ATOL = 2e-6, 1e-9
Atoms: TypeAlias = Mapping[str, np.ndarray]  # names, and one row of numbers each


@dataclass(frozen=True)
class Term:
    """A formula in words, its numbers, and what it needs in a larger one.

    Args:
        text: the formula.
        numbers: what it gives.
        is_sum: whether it needs brackets in a product.
        is_product: whether it needs brackets below a fraction line.
    """

    text: str
    numbers: np.ndarray
    is_sum: bool = False
    is_product: bool = False

    @property
    def factor(self) -> str:
        """The text as a part of a product."""
        return f"({self.text})" if self.is_sum else self.text

    @property
    def divisor(self) -> str:
        """The text as what something is divided by."""
        return f"({self.text})" if self.is_sum or self.is_product else self.text


class _Table(Protocol):
    """Formulas that are made only when they are asked for."""

    def __len__(self) -> int: ...

    def samples(self, picks: np.ndarray) -> np.ndarray: ...

    def term(self, index: int) -> Term: ...


UNARY: Mapping[str, tuple[Callable[[np.ndarray], np.ndarray], bool]] = {  # and whether a sum
    "1 − {}": (lambda v: 1 - v, True),
    "{}²": (np.square, False),
    "|{}|": (np.abs, False),
    "exp({})": (np.exp, False),
    "exp(−{})": (lambda v: np.exp(-v), False),
    "log({})": (np.log, False),
}
_Join: TypeAlias = Callable[[np.ndarray, np.ndarray], np.ndarray]
BINARY: Sequence[tuple[_Join, Callable[[Term, Term], str], bool, bool]] = (  # a sum? a product?
    (np.multiply, lambda a, b: _product(a, b), False, True),
    (np.divide, lambda a, b: f"{a.factor} / {b.divisor}", False, True),
    (lambda a, b: b / a, lambda a, b: f"{b.factor} / {a.divisor}", False, True),
    (np.add, lambda a, b: f"{a.text} + {b.text}", True, False),
    (np.subtract, lambda a, b: f"{a.text} − {b.factor}", True, False),
    (lambda a, b: b - a, lambda a, b: f"{b.text} − {a.factor}", True, False),
    (np.maximum, lambda a, b: f"max({a.text}, {b.text})", False, False),
)


def _product(a: Term, b: Term) -> str:
    return " · ".join(term.factor for term in (a, b) if term.text != "1") or "1"


@dataclass(frozen=True)
class _Listed:
    """A few terms."""

    terms: Sequence[Term]

    def __len__(self) -> int:
        return len(self.terms)

    def samples(self, picks: np.ndarray) -> np.ndarray:
        return np.stack([term.numbers[picks] for term in self.terms])

    def term(self, index: int) -> Term:
        return self.terms[index]


@dataclass(frozen=True)
class Joined:
    """Every formula of one table joined with every formula of another, in every way."""

    left: _Table
    right: _Table

    def __len__(self) -> int:
        return len(BINARY) * len(self.left) * len(self.right)

    def samples(self, picks: np.ndarray) -> np.ndarray:
        """Some of the numbers that each formula gives, one row for each."""
        left, right = self.left.samples(picks), self.right.samples(picks)
        rows = [join(left[:, None], right[None]) for join, *_ in BINARY]
        return np.concatenate([row.reshape(-1, len(picks)) for row in rows])

    def term(self, index: int) -> Term:
        """One of the formulas."""
        rest, j = divmod(index, len(self.right))
        number, i = divmod(rest, len(self.left))
        join, text, is_sum, is_product = BINARY[number]
        a, b = self.left.term(i), self.right.term(j)
        return Term(text(a, b), join(a.numbers, b.numbers), is_sum, is_product)

    def near(self, target: np.ndarray, picks: np.ndarray) -> Iterator[int]:
        """The formulas that give some of the numbers up to a factor of 1, 2 or 0.5 and a sign."""
        left, right = self.left.samples(picks), self.right.samples(picks)
        wanted = np.abs(target[picks])
        for number, (join, *_) in enumerate(BINARY):
            first = np.abs(join(left[:, None, 0], right[None, :, 0]))
            for i, j in np.argwhere(_is_near(first, wanted[0])).tolist():
                if _is_near(np.abs(join(left[i], right[j])), wanted).all():
                    yield (number * len(left) + i) * len(right) + j


def _is_near(numbers: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    slack = ATOL + RTOL * wanted
    away = np.stack([np.abs(factor * numbers - wanted) for factor in (1, 2, 0.5)])
    return np.asarray((away <= slack).any(axis=0))


def fitting(target: np.ndarray, formulas: Joined) -> Iterator[Term]:
    """The formulas that give a few of the numbers, each up to a factor.

    Args:
        target: all numbers.
        formulas: those to try.
    """
    picks = np.linspace(0, target.size - 1, SAMPLES).astype(int)
    yield from map(formulas.term, formulas.near(target, picks))


def of_one(atoms: Atoms) -> Joined:
    """One atom, perhaps changed by a function of one number."""
    return Joined(_singles(atoms), _one(atoms))


def of_two(atoms: Atoms) -> Joined:
    """Two of these, joined."""
    return Joined(_singles(atoms), _singles(atoms))


def of_three(atoms: Atoms) -> Iterator[Joined]:
    """Two of these and one more; then two pairs of plain ones, such as (a + b) · (c − d)."""
    plain = _Listed([*_one(atoms).terms, *(Term(name, row) for name, row in atoms.items())])
    yield Joined(of_two(atoms), _singles(atoms) if len(atoms) <= FEW else plain)
    pairs = Joined(plain, plain)
    yield Joined(pairs, pairs)


def _one(atoms: Atoms) -> _Listed:
    return _Listed([Term("1", np.ones_like(next(iter(atoms.values()))))])


def _singles(atoms: Atoms) -> _Listed:
    plain = [Term(name, row) for name, row in atoms.items()]
    changed = [
        Term(text.format(name), change(row), is_sum)
        for name, row in atoms.items()
        for text, (change, is_sum) in UNARY.items()
    ]
    known = [term for term in changed if not np.isnan(term.numbers).any()]
    return _Listed([*plain, *_one(atoms).terms, *known])
