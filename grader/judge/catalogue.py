"""The vocabulary of a `mistakes.py`: mistakes (wrong variants of a step) and alternatives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from grader.errors import JudgeError
from grader.judge.student import Request

__all__ = ["Alternative", "Catalogue", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong variant of one step.

    Args:
        id: `<question>.<name>`, stable, shown in exports.
        question: the question that the step belongs to; only this question loses points.
        hint: one or two sentences that help without giving the line away; `messages.yml` may
            hold them instead.
        code: definitions that replace those of the same names in the solution cell.
        twins: ids of mistakes that do the same on every input; one may be named for the other.
        rule: recognises the mistake where comparing numbers cannot: in a step without
            arguments, or in one that draws from a generator of its own. It takes the requests
            that the checks made of the functions in `code`.
        is_vague: whether it only says where to look; it is named if nothing else is known.
    """

    id: str
    question: str
    hint: str = ""
    code: str = ""
    twins: tuple[str, ...] = ()
    rule: Callable[[Sequence[Request]], bool] | None = None
    is_vague: bool = False

    @cached_property
    def functions(self) -> frozenset[str]:
        """Names of the functions that `code` defines."""
        body = ast.parse(self.code).body
        return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))

    def is_recognised_in(
        self, requests: Sequence[Request], shown_by: Collection[str] | None = None
    ) -> bool:
        """Whether its rule, if it has one, holds for these requests.

        Args:
            requests: the requests; those of other functions are left out.
            shown_by: the functions in which it shows; None for those in `code`.
        """
        names = self.functions if shown_by is None else shown_by
        own = [r for r in requests if r.name in names and r.calls]
        if self.rule is None or not own:
            return False
        try:
            return bool(self.rule(own))
        except Exception:  # a student's values may be anything; a rule that fails has found nothing
            return False


@dataclass(frozen=True)
class Alternative:
    """A correct way to write a step that differs from the instructor's.

    Args:
        id: `<question>.<name>`.
        question: the question that the step belongs to.
        code: definitions that replace those of the same names in the solution cell.
    """

    id: str
    question: str
    code: str


_Entry = TypeVar("_Entry", Mistake, Alternative)


@dataclass(frozen=True)
class Catalogue:
    """All that a `mistakes.py` lists.

    Args:
        mistakes: known mistakes, the most telling first.
        alternatives: other right ways.
        results: names for what the functions return, by function: of the items of a tuple, or one
            name for all of it.
    """

    mistakes: tuple[Mistake, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_source(cls, source: str, hints: Mapping[str, str] | None = None) -> Catalogue:
        """Execute a `mistakes.py`; an empty one is an empty catalogue.

        Args:
            source: its text.
            hints: hints by the id of a mistake, which replace those in the file. None if hints
                are not used; else every mistake must have one.

        Raises:
            JudgeError: it cannot be executed, lists anything but mistakes and alternatives, uses
                an id twice, or lacks a hint.
        """
        names: dict[str, Any] = {"__name__": "mistakes"}
        try:
            exec(compile(source, "mistakes.py", "exec"), names)  # noqa: S102 — the instructor's
            mistakes = _entries(names.get("MISTAKES", ()), Mistake)
            alternatives = _entries(names.get("ALTERNATIVES", ()), Alternative)
        except SyntaxError as error:
            place = ": ".join(dict.fromkeys(["mistakes.py", str(error.filename)]))
            raise JudgeError(f"{place}: line {error.lineno}: {error.msg}; fix it") from error
        except Exception as error:
            raise JudgeError(f"mistakes.py: {type(error).__name__}: {error}; fix it") from error
        ids = [entry.id for entry in mistakes] + [entry.id for entry in alternatives]
        repeated = {name for name in ids if ids.count(name) > 1}
        if repeated:
            raise JudgeError(
                f"mistakes.py: the id {min(repeated)!r} is used twice; ids must differ"
            )
        if hints is not None:
            mistakes = tuple(replace(m, hint=hints.get(m.id, m.hint)) for m in mistakes)
            for mistake in mistakes:
                if not mistake.hint:
                    raise JudgeError(f"messages.yml: no hint for {mistake.id!r}; add one")
        return cls(mistakes, alternatives)


def _entries(listed: Any, kind: type[_Entry]) -> tuple[_Entry, ...]:
    for entry in listed:
        if not isinstance(entry, kind):
            raise TypeError(f"{entry!r} is not of type {kind.__name__}")
        compile(entry.code, entry.id, "exec")
    return tuple(listed)
