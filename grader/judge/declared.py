"""What a file of hidden tests declares about its tests, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.errors import JudgeError

__all__ = [
    "chance_questions",
    "declared_points",
    "question_of_test",
]


def declared_points(source: str) -> dict[str, float]:
    """Add up the points that a hidden_tests.py declares for each question, without running it.

    Raises:
        JudgeError: a test has no marker, or a marker whose arguments are not literals.
        SyntaxError: the source is not Python.
    """
    points: dict[str, float] = {}
    for test in _tests(source):
        question, value = _marker(test)
        points[question] = points.get(question, 0.0) + value
    return points


def chance_questions(source: str) -> set[str]:
    """The questions with a test marked `@pytest.mark.chance`: its outcome depends on draws.

    Raises:
        JudgeError: such a test does not name its question.
        SyntaxError: the source is not Python.
    """
    return {_marker(test)[0] for test in _tests(source) if any(map(_is_chance, _marks(test)))}


def question_of_test(node: ast.stmt) -> str:
    """The question of a test function; "" for any other statement.

    Raises:
        JudgeError: a test does not name its question.
    """
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        return _marker(node)[0]
    return ""


def _tests(source: str) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _marks(test: ast.FunctionDef) -> Iterator[ast.expr]:
    """The decorators of a test; of one with arguments, what is called."""
    for decorator in test.decorator_list:
        yield decorator.func if isinstance(decorator, ast.Call) else decorator


def _is_chance(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Attribute) and mark.attr == "chance"


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
