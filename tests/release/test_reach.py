"""Which questions can judge a variant, and what its scores depend on."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grader.release.reach import Reach
from grader.release.variants import Variant
from tests.kit.notebooks import make_cell, make_notebook

SOURCE = make_notebook(
    make_cell("setup", "import numpy as np", locked=True),
    make_cell("first", "def first(x):\n    'One.'\n    return x", solution=True),
    make_cell("second", "def second(x):\n    return first(x)", solution=True),
    make_cell("third_gate", "def third_gate(x):\n    return x", solution=True),
    make_cell("net", "class Net:\n    def run(self):\n        return second(1)", locked=True),
)
FIRST = Variant("mistake", "first.two", "first", code="def first(x):\n    return 2 * x")
THIRD = Variant("mistake", "third.two", "third_gate", code="def third_gate(x):\n    return 2 * x")


def reach(*tests: str, module: str = "") -> Reach:
    """The reach of these tests: each a question's name and what its only test does."""
    functions = [
        f'@pytest.mark.question("{question}", points=1)\n'
        f"def test_{question}(student, reference):\n    {body}\n"
        for question, body in (test.split(": ", 1) for test in tests)
    ]
    return Reach("\n".join(["import pytest", dedent(module), *functions]), SOURCE)


@pytest.mark.parametrize(
    ("body", "is_reached"),
    [
        ("student.first(1)", True),
        ("student.second(1)", True),
        ("student.Net()", True),
        ("student.third_gate(1)", False),
        ("student.many('first', [])", True),
        ("student.many('fir' + 'st', [])", True),
        ("student.standing_in(second=reference.first)", True),
        ("getattr(student, 'second')(1)", True),
        ("student.third_gate(eval(reference.text))", True),
        ("student.third_gate(reference.first(1))", False),
        ("asked(student)", True),
        ("student.third_gate(NAMES)", True),
        ("idle(student)", False),
        ("print('first comes this step')", True),
    ],
)
def test_a_question_judges_what_its_tests_can_call(body: str, is_reached: bool) -> None:
    module = """
        NAMES = ("second",)
        def asked(student): return helper(student)
        def helper(student): return student.second(1)
        def idle(student): return student.third_gate(1)
        """
    judges = reach("first: student.first(1)", f"other: {body}", module=module).judges(FIRST)
    assert judges == (("first", "other") if is_reached else ("first",))


def test_parts_of_names_in_strings_count_as_the_names() -> None:
    tests = reach("third_gate: pass", "other: student.many(f'{str()}_gate', [])")
    assert tests.judges(THIRD) == ("third_gate", "other")


@pytest.mark.parametrize(
    "module",
    [
        "register(student.first)",
        "pytestmark = first",
        "@pytest.fixture(autouse=True)\ndef ready(student): student.first(1)",
        "def setup_function(): first()",
        "class TestOther:\n    name = 'first'",
        "if True:\n    first = 1",
    ],
)
def test_what_counts_without_a_name_counts_for_all_questions(module: str) -> None:
    tests = reach("first: student.first(1)", "other: pass", module=module)
    assert tests.judges(FIRST) == ("first", "other")


@pytest.mark.parametrize(
    ("code", "judges"),
    [
        ("def first(x):\n    global third_gate", ("first", "other")),
        ("def third_gate(x):\n    return x", ("first", "other")),
        ("first.x = 1", ("first", "other")),
        ("def first(x):\n    return x", ("first",)),
        ("def unknown(x):\n    return x", ("first",)),
    ],
)
def test_a_variant_is_judged_by_who_can_reach_what_it_defines(
    code: str, judges: tuple[str, ...]
) -> None:
    tests = reach("first: pass", "other: student.third_gate(1)")
    assert tests.judges(Variant("mistake", "first.x", "first", code=code)) == judges


def depends(tests: Reach, variant: Variant = THIRD) -> str:
    return "\n".join(tests.texts([variant], tests.judges(variant)))


def test_scores_depend_on_what_tests_and_variant_use_and_on_nothing_else() -> None:
    module = "SIZE = 3\nOTHER = 4\ndef used(): return SIZE"
    tests = reach("third_gate: used()", "first: student.first(OTHER)", module=module)
    text = depends(tests)
    for part in ("SIZE = 3", "def used", "def third_gate", "return 2 * x"):
        assert part in text
    for part in ("OTHER", "def first", "class Net"):
        assert part not in text


def test_scores_depend_on_what_the_reference_runs() -> None:
    assert "def first" in depends(reach("third_gate: reference.second(1)"))


def test_comments_and_docstrings_change_no_score() -> None:
    plain = reach("third_gate: used()", module="def used(): return 1")
    told = reach("third_gate: used()  # why", module="def used():\n    'Why.'\n    return 1")
    assert depends(plain) == depends(told).replace("    pass\n", "")
