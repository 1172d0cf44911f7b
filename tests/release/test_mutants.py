"""Mutants: each is one small change with a lasting name, and no two are alike."""

from __future__ import annotations

import ast

import pytest

from grader.release.mutants import Mutant, mutants


def mutants_of(source: str) -> list[Mutant]:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    return mutants(function)


def changes(source: str) -> set[str]:
    return {mutant.change for mutant in mutants_of(source)}


@pytest.mark.parametrize(
    ("statement", "mutated"),
    [
        ("return x + y", "return x - y"),
        ("return x @ y", "return x * y"),
        ("return x ** 2", "return x * 2"),
        ("return x > y", "return x < y"),
        ("return x > y", "return x >= y"),
        ("return -x", "return x"),
        ("return 0.5 * x", "return 1.0 * x"),
        ("return x + 1", "return x + 2"),
        ("return x + 1", "return x + 0"),
        ("return np.maximum(x, y)", "return np.minimum(x, y)"),
        ("return np.maximum(x, y)", "return np.maximum(y, x)"),
        ("return x.sum(axis=0)", "return x.mean(axis=0)"),
        ("return x.sum(axis=0)", "return x.sum(axis=1)"),
        ("return x.sum(axis=0)", "return x.sum()"),
        ("return x.sum(axis=1, keepdims=True)", "return x.sum(axis=1, keepdims=False)"),
        ("return x.T", "return x"),
        ("return x.copy()", "return x"),
        ("return np.exp(x)", "return x"),
        ("return x, y", "return (y, x)"),
        ("return x", "return y"),
        ("x += y", "x = y"),
        ("x += y", "x -= y"),
        ("x += y", "pass"),
        ("x = y", "pass"),
        ("return x['a'] + x['b']", "return x['b'] + x['b']"),
    ],
)
def test_a_kind_of_change_is_made(statement: str, mutated: str) -> None:
    before = ast.unparse(ast.parse(f"def f(x, y):\n    {statement}")).splitlines()[1].strip()
    assert f"{before} → {mutated}" in changes(f"def f(x, y):\n    {statement}")


def test_no_two_are_alike_and_none_is_the_function_itself() -> None:
    source = "def f(x, y):\n    z = x + y\n    z = x + y\n    return z * z"
    found = mutants_of(source)
    codes = [mutant.code for mutant in found]
    assert len(set(codes)) == len(codes)
    assert source not in codes
    names = [mutant.change for mutant in found]
    assert len(set(names)) == len(names)
    assert "z = x + y → z = x - y (2)" in names


def test_each_is_a_whole_function_that_compiles() -> None:
    for mutant in mutants_of("def f(x, *, y=1):\n    if x > y:\n        return x\n    return [y]"):
        (function,) = ast.parse(mutant.code).body
        assert isinstance(function, ast.FunctionDef)
        assert function.name == mutant.function == "f"


def test_a_docstring_is_no_code() -> None:
    plain = changes("def f(x):\n    return x + 1")
    assert changes('def f(x):\n    """Add one."""\n    return x + 1') == plain
