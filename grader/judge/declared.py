"""The points that a file of hidden tests declares, read without running it."""

from __future__ import annotations

import ast

from grader.errors import JudgeError

__all__ = [
    "declared_points",
]


def declared_points(source: str) -> dict[str, float]:
    """Add up the points that a hidden_tests.py declares for each question, without running it.

    Raises:
        JudgeError: a test has no marker, or a marker whose arguments are not literals.
        SyntaxError: the source is not Python.
    """
    points: dict[str, float] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            question, value = _marker(node)
            points[question] = points.get(question, 0.0) + value
    return points


def _marker(function: ast.FunctionDef) -> tuple[str, float]:
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(
                func=ast.Attribute(attr="question"),
                args=[ast.Constant(value=str() as question)],
                keywords=[
                    ast.keyword(arg="points", value=ast.Constant(value=int() | float() as points))
                ],
            ):
                return question, float(points)
    raise JudgeError(
        f"hidden_tests.py: line {function.lineno}: {function.name} lacks "
        '@pytest.mark.question("…", points=…) with literal arguments'
    )
