"""The solution: regions between markers, and the source that the judge uses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.solution import (
    reference_source,
    replace_solution,
    solution_region,
    without_idle_imports,
)
from grader.errors import JudgeError
from tests.kit.notebooks import code_notebook

TWO_REGIONS = '''import numpy as np


def add(x, y):
    """Sum."""
    ### BEGIN SOLUTION
    total = x + y
    return total
    ### END SOLUTION


def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''


def test_solution_region_takes_all_regions():
    assert solution_region(TWO_REGIONS) == "    total = x + y\n    return total\n    return 2 * x"


def test_without_markers_the_whole_cell_is_the_solution():
    assert solution_region("x = 1\ny = 2") == "x = 1\ny = 2"


@pytest.mark.parametrize(
    "source",
    [
        "# BEGIN SOLUTION\nx",
        "x\n# END SOLUTION",
        "# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION",
        "# BEGIN SOLUTION\n# END SOLUTION\n# END SOLUTION",
    ],
)
def test_nested_and_unbalanced_markers_are_refused_with_their_line(source):
    with pytest.raises(ValueError, match=r"line \d"):
        solution_region(source)


def test_replace_solution_replaces_only_the_definitions_given():
    code = "import math\n\n\ndef double(x):\n    return math.fsum([x, x])\n"
    result = replace_solution(TWO_REGIONS, code)
    names: dict[str, Any] = {}
    exec(result, names)
    assert (names["double"](2), names["add"](1, 2)) == (4.0, 3)
    assert solution_region(result) == "    total = x + y\n    return total"


def test_replace_solution_without_definitions_fills_the_region():
    source = "### BEGIN SOLUTION\nold\n### END SOLUTION\nrest"
    assert solution_region(replace_solution(source, "new \\1")) == "new \\1"
    assert replace_solution(source, "new").endswith("\nrest")
    assert replace_solution("whole cell", "new") == "new"


def test_replace_solution_in_one_region_around_all_functions():
    source = (
        "### BEGIN SOLUTION\ndef f():\n    return 1\n\n\ndef g():\n    return 2\n### END SOLUTION"
    )
    result = replace_solution(source, "@staticmethod\ndef g():\n    return 3")
    assert (
        solution_region(result)
        == "def f():\n    return 1\n\n\n@staticmethod\ndef g():\n    return 3"
    )


@given(st.text(), st.text())
def test_replace_solution_takes_any_text(source, code):
    try:
        replace_solution(source, code)
    except ValueError as error:
        assert "SOLUTION" in str(error)


def test_only_imports_functions_and_classes_are_kept() -> None:
    kept = reference_source(
        code_notebook(
            "import math\nx = math.inf\nprint(x)\ndef f(): return 1\n",
            "assert False\nclass A:\n    b = 2\nif True:\n    def g(): pass\n",
            "from math import pi\n1 / 0",
        )
    )
    assert kept == (
        "import math\n\ndef f():\n    return 1\n\nclass A:\n    b = 2\n\nfrom math import pi\n"
    )


def test_a_cell_that_is_no_python_is_named_with_its_line() -> None:
    with pytest.raises(JudgeError, match=r"cell 'c1': line 2: [^\n]*plain Python$"):
        reference_source(code_notebook("x = 1", "x = 1\n%matplotlib inline"))


def test_an_import_is_dropped_when_neither_definitions_nor_users_mention_it() -> None:
    imports = (
        "import a",
        "import b.c",
        "import d as e",
        "from f import g, h",
        "import used_by_tests",
        "from i import *",
    )
    source = "\n\n".join([*imports, "def k():\n    return b.c.x(h)"])
    kept = without_idle_imports(source, "assert used_by_tests")
    assert kept.split("\n\n")[:-1] == [imports[1], *imports[3:]]
