"""Which functions are as they were released, by their source and by what they raised."""

from __future__ import annotations

import pytest

from grader.grading.unfinished import is_untouched, unfinished

STUB = 'def {}(x):\n    """Words."""\n    # YOUR CODE HERE\n    raise NotImplementedError()\n'
BEGUN = 'def {}(x):\n    """Words."""\n    y = 2 * x\n    raise NotImplementedError()\n'
WRITTEN = "def {}(x):\n    return x\n"


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        (STUB.format("f"), True),
        (STUB.format("f").replace('    """Words."""\n', ""), True),
        (STUB.format("f") + STUB.format("g"), True),
        (STUB.format("f") + WRITTEN.format("g"), False),
        (BEGUN.format("f"), False),
        (WRITTEN.format("f"), False),
        ("raise NotImplementedError()", False),
        ("def f(x:\n    raise NotImplementedError()", False),
        ("def f(x):\n    raise ValueError()", False),
    ],
)
def test_a_cell_is_untouched_if_all_its_functions_are_stubs(source: str, holds: bool) -> None:
    assert is_untouched(source) is holds


def raised_in(*functions: str) -> dict[str, object]:
    frames = [f"  Cell In[{n}], line 2 in {name}\n" for n, name in enumerate(functions, 2)]
    return {"traceback": ["Traceback\n", "  Cell In[1], line 1\n", *frames]}


@pytest.mark.parametrize(
    ("functions", "sentence"),
    [
        (("f", "g"), "g is not started: it still raises NotImplementedError"),
        (("f",), "the line `raise NotImplementedError()` is still there"),
        ((), "the line `raise NotImplementedError()` is still there"),
        (("gone",), "the line `raise NotImplementedError()` is still there"),
    ],
)
def test_the_function_that_raised_last_is_named_if_it_is_a_stub(
    functions: tuple[str, ...], sentence: str
) -> None:
    sources = ["# %%\n%matplotlib inline", BEGUN.format("f"), STUB.format("g")]
    assert unfinished(raised_in(*functions), sources) == sentence
