"""What a student may ask of a function of the judge."""

from __future__ import annotations

import resource
import time
from typing import Any

import numpy as np
import pytest

from grader.box.callbacks import FEW_NUMBERS, MAX_NUMBERS, evaluate
from grader.box.protocol import Unknown


def outer(x: Any, y: Any) -> Any:
    return x[:, None] * y


def test_a_function_gets_what_the_student_passes() -> None:
    assert evaluate(lambda x, y=0: x - y, [3], {"y": 1}) == {"value": 2}


def test_what_cannot_be_read_is_refused_in_words() -> None:
    assert "type gadget" in evaluate(abs, [Unknown("gadget")], {})["error"]
    assert "TypeError" in evaluate(abs, [1, 2], {})["error"]


@pytest.mark.parametrize(
    "arguments",
    [
        [np.zeros(MAX_NUMBERS + 1)],
        [np.zeros((0, MAX_NUMBERS + 1))],
        [np.zeros((2000, 0, 2000))],
        [[np.zeros(MAX_NUMBERS // 2)] * 3],
        [{"a": np.zeros(MAX_NUMBERS), "b": 1.0}],
    ],
    ids=["long", "empty with a long axis", "empty with two axes", "in a list", "in a dict"],
)
def test_too_many_numbers_never_reach_the_function(arguments: list[Any]) -> None:
    assert "so many numbers" in evaluate(pytest.fail, arguments, {})["error"]


def test_a_product_that_would_take_gigabytes_is_refused_and_the_limit_goes_back() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    x = np.ones(MAX_NUMBERS // 2)
    assert "MemoryError" in evaluate(outer, [x, x], {})["error"]
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_result_of_too_many_numbers_is_not_sent() -> None:
    x = np.ones(FEW_NUMBERS // 4)
    assert "return so many" in evaluate(outer, [x, x], {})["error"]


def test_half_precision_is_not_multiplied_slowly() -> None:
    x = np.ones((700, 700), np.float16)
    start = time.thread_time()
    value = evaluate(np.matmul, [x, x], {})["value"]
    assert time.thread_time() - start < 1
    assert value.dtype == np.float64
