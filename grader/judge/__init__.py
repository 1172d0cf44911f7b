"""The trusted side: hidden tests, the reference, and what a hidden test may say.

Lives here: pytest as a library that runs `hidden_tests.py`, the student's functions as it sees
them, the instructor's functions, assertions with messages for students, and the catalogue of
mistakes. A `hidden_tests.py` imports its vocabulary from here.

May import: only `protocol` and `client` of `box`, for it opens no box. Imported by: `grading`,
`release`.
"""

from grader.box.protocol import Formula, Rng
from grader.judge.assertions import (
    assert_close,
    assert_shape,
    assert_true,
    assert_unchanged,
    expect_array,
    expect_dict,
    expect_float,
    expect_numbers,
    expect_tuple,
)
from grader.judge.oracle import complex_step_gradient
from grader.judge.student import Observation, Student, StudentFailure
from grader.judge.wording import say

__all__ = [
    "Formula",
    "Observation",
    "Rng",
    "Student",
    "StudentFailure",
    "assert_close",
    "assert_shape",
    "assert_true",
    "assert_unchanged",
    "complex_step_gradient",
    "expect_array",
    "expect_dict",
    "expect_float",
    "expect_numbers",
    "expect_tuple",
    "say",
]
