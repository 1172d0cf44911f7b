"""The vocabulary of a `small_inputs.py`: small inputs of functions, for examples to type in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.box.protocol import Formula, Rng
from grader.errors import JudgeError

__all__ = ["Formula", "SmallInputs", "code_of", "declared_inputs"]

MAX_LINE = 76  # characters; a longer dict is written on several lines


@dataclass(frozen=True)
class SmallInputs:
    """Small inputs of one function. A student sees the smallest on which theirs goes wrong.

    Args:
        question: the question that the function belongs to.
        function: its name.
        calls: takes the instructor's functions and returns the arguments of each call, in any
            order. Leave out arguments for which several results are right.
        results: names for the items of the tuple that it returns, or one name for all of it.
        uses: functions of other questions that it may call; the instructor's stand in for them.
        right: for a function of which several results are right. It takes what the student's
            function returned, then the arguments, and gives the right result that is closest, or
            None if there is none to compare with.
    """

    question: str
    function: str
    calls: Callable[[Any], Iterable[tuple[Any, ...]]]
    results: tuple[str, ...]
    uses: tuple[str, ...] = ()
    right: Callable[..., Any] | None = None


def declared_inputs(source: str) -> tuple[SmallInputs, ...]:
    """Execute a `small_inputs.py`; an empty one declares nothing.

    Raises:
        JudgeError: it cannot be executed, or lists anything but small inputs.
    """
    names: dict[str, Any] = {"__name__": "small_inputs"}
    try:
        exec(compile(source, "small_inputs.py", "exec"), names)  # noqa: S102 — the instructor's
        declared = tuple(names.get("SMALL_INPUTS", ()))
    except SyntaxError as error:
        raise JudgeError(f"small_inputs.py: line {error.lineno}: {error.msg}; fix it") from error
    except Exception as error:
        raise JudgeError(f"small_inputs.py: {type(error).__name__}: {error}; fix it") from error
    for entry in declared:
        if not isinstance(entry, SmallInputs):
            raise JudgeError(f"small_inputs.py: {entry!r} is not of type SmallInputs; fix it")
    return declared


def code_of(function: str, arguments: Mapping[str, Any], results: Sequence[str]) -> str:
    """A call as a student would type it, one line for each argument.

    Args:
        function: the function's name.
        arguments: by the name of the parameter.
        results: names for what it returns; none if it returns nothing.
    """
    call = f"{function}({', '.join(arguments)})"
    call = f"{', '.join(results)} = {call}" if results else call
    return "\n".join([*(_assignment(*pair) for pair in arguments.items()), call])


def _assignment(name: str, value: Any) -> str:
    line = f"{name} = {_literal(value)}"
    if len(line) <= MAX_LINE or not isinstance(value, dict):
        return line
    entries = "".join(f'    "{key}": {_literal(item)},\n' for key, item in value.items())
    return f"{name} = {{\n{entries}}}"


def _literal(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"np.array({_nested(value.tolist())})"
    if isinstance(value, dict):
        entries = (f'"{key}": {_literal(item)}' for key, item in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, Rng):
        return f"np.random.default_rng({value.seed})"
    return value.text if isinstance(value, Formula) else repr(value)


def _nested(items: Any) -> str:
    """A list of numbers; whole floats in numpy's short form, such as `2.`."""
    if isinstance(items, list):
        return f"[{', '.join(map(_nested, items))}]"
    return f"{items:.0f}." if isinstance(items, float) and items.is_integer() else repr(items)
