"""The reference: the definitions of the solution notebook's own code cells.

Only imports, functions and classes at the top level of a cell are executed, so loading the
reference neither trains nor draws anything. There is no second copy of the solution.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from grader.errors import JudgeError

__all__ = ["Reference"]


class Reference:
    """The instructor's functions as attributes, such as `reference.forward(params, X)`.

    Args:
        source: the definitions, as `grader.course.solution.reference_source` gives them.
        folder: where the helper modules of the assignment are.

    Raises:
        JudgeError: the definitions cannot be executed.
        SyntaxError: the source is not Python.
    """

    def __init__(self, source: str, folder: Path) -> None:
        self.source = source
        self._code = compile(source, "<reference>", "exec")
        self._folder = folder
        self._helpers: dict[str, ModuleType] = {}
        self._names = self._execute({})

    def __getattr__(self, name: str) -> Any:
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(f"the solution notebook defines no {name!r}") from None

    def namespace(self, **overrides: Any) -> Reference:
        """A fresh copy, in which these values replace the globals of the same names."""
        copy = self._copy()
        copy._names = copy._execute(overrides)
        return copy

    def variant(self, source: str) -> Reference:
        """A copy in which the definitions of `source` replace those of the same names.

        The reference is not executed again. Its functions see the new definitions, but the
        methods of its classes still see the old ones.

        Raises:
            JudgeError: the source cannot be executed.
            SyntaxError: the source is not Python.
        """
        copy = self._copy()
        copy._names = _rebound(self._names)
        _run(_compiled(source), copy._names, "mistakes.py")
        return copy

    def with_callers(self, names: Collection[str]) -> frozenset[str]:
        """The names, and those of the functions that call one of them."""
        names = frozenset(names)
        own = (pair for pair in self._names.items() if isinstance(pair[1], FunctionType))
        callers = (name for name, value in own if not names.isdisjoint(value.__code__.co_names))
        return names.union(callers)

    def _copy(self) -> Reference:
        copy = object.__new__(Reference)
        vars(copy).update(vars(self))
        return copy

    def _execute(self, overrides: dict[str, Any]) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "reference"}
        with _importable(self._folder, self._helpers):
            _run(self._code, names, "solution notebook")
        names.update(overrides)
        return names


def _rebound(names: dict[str, Any]) -> dict[str, Any]:
    """A copy of the names, in which functions see the copy as their globals."""
    copy = dict(names)
    for name, value in names.items():
        if isinstance(value, FunctionType) and value.__globals__ is names:
            own = FunctionType(value.__code__, copy, name, value.__defaults__, value.__closure__)
            own.__kwdefaults__ = value.__kwdefaults__
            copy[name] = own
    return copy


@lru_cache(maxsize=4096)
def _compiled(source: str) -> CodeType:
    """Kept, because every submission tries the same dozens of variants, at 0.1 ms each."""
    return compile(source, "<variant>", "exec")


def _run(code: CodeType, names: dict[str, Any], file: str) -> None:
    try:
        exec(code, names)  # noqa: S102 — the instructor's own solution
    except Exception as error:
        raise JudgeError(
            f"{file}: the definitions do not run: {type(error).__name__}: {error}; fix them"
        ) from error


@contextlib.contextmanager
def _importable(folder: Path, helpers: dict[str, ModuleType]) -> Iterator[None]:
    """Make the folder's modules importable; after that, they are in `helpers` alone.

    To import them takes longer than to execute the notebook's definitions.
    """
    known = set(sys.modules)
    sys.path.insert(0, str(folder))
    sys.modules.update({name: helpers[name] for name in helpers.keys() - known})
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - known:
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if folder in Path(origin).parents:
                helpers[name] = sys.modules.pop(name)
