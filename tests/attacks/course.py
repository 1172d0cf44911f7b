"""The course that is attacked: three questions, of which a student answers two honestly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.box.stopwatch import WALL_FACTOR
from grader.course.settings import Course
from grader.notebook import Notebook, dumps
from tests.kit.notebooks import make_cell, make_notebook

__all__ = [
    "HASTY_S",
    "HONEST",
    "ID",
    "INVENTORY",
    "PATIENT_S",
    "POINTS",
    "SECRET",
    "TIMEOUT_S",
    "TOO_SLOW",
    "WAITED",
    "make_submission",
    "write_course",
]

ID = "attacked"
SECRET = "no-student-reads-this"  # in every file and variable that a box must not see
POINTS = {"before": 2.0, "target": 4.0, "after": 3.0}
TIMEOUT_S = 1  # of a cell, and of the calls that a check makes
# Other limits for single attacks. Whatever has to happen takes a tenth of its limit at most.
HASTY_S = 0.3  # for those that would never end; honest answers take milliseconds
PATIENT_S = 10  # for those that compute for a while before they show what they tried
# what is told of an attack that meets this limit, in processor time or by the wall clock
TOO_SLOW = f"target did not finish within {HASTY_S} s of processor time"
WAITED = (
    f"target did not finish within {WALL_FACTOR * HASTY_S:g} s, "
    f"and computed for less than {HASTY_S} s of them"
)

COURSE_YML = f"""\
name: Attacked course
seed: 11
assignments:
  - id: {ID}
    title: Attacked
    questions: {{before: 2, target: 4, after: 3}}
limits:
  cell_timeout_s: {TIMEOUT_S}
  call_timeout_s: {TIMEOUT_S}
  submission_timeout_s: 20
  memory_mib: 256
  output_mib: 1
  processes: 16
"""

HIDDEN_TESTS = f'''\
"""{SECRET}"""
import numpy as np
import pytest
from grader.judge import assert_close, assert_unchanged, expect_tuple

SECRET_OF_THE_TESTS = "{SECRET}"


@pytest.mark.question("before", points=2)
def test_before(student, reference, rng):
    """before(x) is 3x."""
    x = rng.normal(size=4)
    assert_close(student.before(x), reference.before(x), "3x")


@pytest.mark.question("target", points=2)
@pytest.mark.parametrize("n", [3, 5])
def test_target_value(student, reference, rng, n):
    """The first value is f of every entry of x."""
    a, x = rng.normal(), rng.normal(size=n)
    f = lambda v: a * v + 1
    first, _ = expect_tuple(student.target(f, x), 2, "target(f, x)")
    assert_close(first, reference.target(f, x)[0], "f of every entry")


@pytest.mark.question("target", points=1)
def test_target_sum(student, reference, rng):
    """The second value is the sum of x."""
    x = rng.normal(size=7)
    _, second = expect_tuple(student.target(lambda v: v, x), 2, "target(f, x)")
    assert_close(second, reference.target(lambda v: v, x)[1], "the sum of x")


@pytest.mark.question("target", points=1)
def test_target_leaves_x_alone(student, reference, rng):
    """target does not change x, and its sum is right."""
    x = rng.normal(size=4)
    seen = student.observe("target", lambda v: v, x)
    assert_unchanged(seen.args[1], x, "x")
    _, second = expect_tuple(seen.value, 2, "target(f, x)")
    assert_close(second, reference.target(lambda v: v, x)[1], "the sum of x")


@pytest.mark.question("after", points=3)
def test_after(student, reference, rng):
    """after(x, y) is x·y."""
    x, y = rng.normal(size=5), rng.normal(size=5)
    assert_close(student.after(x, y), reference.after(x, y), "the product")
'''

HONEST = {
    "before": "def before(x):\n    return 3 * x",
    "target": "def target(f, x):\n    return np.array([f(v) for v in x]), x.sum()",
    "after": "def after(x, y):\n    return np.sum(x * y)",
}
STUB = "def {}(*arguments):\n    raise NotImplementedError()"

# What a notebook can see of the place it runs in; the same in every fresh box.
INVENTORY = """\
import atexit, builtins, gc, os, sys, threading

def _is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False

print("files", sorted(os.listdir(".")), "first on the path", sys.path[:1])
print("environment", sorted(os.environ), os.umask(0o77))
print("descriptors", [number for number in range(256) if _is_open(number)])
print("threads", threading.active_count(), "at exit", atexit._ncallbacks(), sys.gettrace())
print("random", np.random.randint(1 << 30), "printing", np.get_printoptions())
print("functions", np.testing.assert_allclose.__module__, sum is builtins.sum, sys.displayhook)
print("shell", get_ipython().run_cell, get_ipython().input_transformers_cleanup)
print("modules", len(sys.modules), sorted(name for name in globals() if name[0] != "_"))
"""


def make_submission(answers: dict[str, str], extra: str = "") -> Notebook:
    """A submission; `extra` is a cell that the student added above the first question."""
    cells = [make_cell("setup", "import numpy as np", locked=True)]
    if extra:
        cells.append(make_cell("extra", extra))
    for name, points in POINTS.items():
        cells.append(make_cell(name, answers.get(name, STUB.format(name)), solution=True))
        marks: dict[str, Any] = {"grade": True, "locked": True, "points": points}
        cells.append(make_cell(f"test_{name}", f"assert callable({name})", **marks))
    return make_notebook(*cells)


def write_course(root: Path) -> Course:
    """Write course.yml, solutions/ and assignments/ as a build would leave them."""
    files = {
        "course.yml": COURSE_YML,
        f"solutions/{ID}/{ID}.ipynb": dumps(make_submission(HONEST)),
        f"solutions/{ID}/hidden_tests.py": HIDDEN_TESTS,
        f"solutions/{ID}/mistakes.py": f"'''{SECRET}'''\nMISTAKES = []\n",
        f"assignments/{ID}/{ID}.ipynb": dumps(make_submission({})),
        f"assignments/{ID}/helper.py": "ANSWER = 42\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Course.load(root)
