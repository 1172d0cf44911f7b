"""One submission in its boxes, with real boxes."""

from __future__ import annotations

import base64
import os
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from grader.box.client import CallFailure, CallRequest, CallSuccess, CellOutcome
from grader.box.launch import Launcher
from grader.box.protocol import Formula, Rng
from grader.box.session import LEAST_S, CodeCell, Session
from grader.course.settings import Limits
from grader.results import Note, NoteKind
from tests.kit.marks import first_is_fast

FAST = Limits(
    cell_timeout_s=2, call_timeout_s=0.5, submission_timeout_s=30, memory_mib=256, output_mib=1
)
HASTY = FAST.model_copy(update={"cell_timeout_s": 0.3})  # honest cells here take milliseconds


class Notebook:
    """Code cells in a session, addressed by their place."""

    def __init__(self, warm: Launcher, *sources: str, limits: Limits = FAST, **files: bytes):
        cells = [CodeCell(i, f"cell {i}", source) for i, source in enumerate(sources)]
        named = {f"{name}.py": data for name, data in files.items()}
        self.session = Session(warm, named, cells, limits)

    def __enter__(self) -> Notebook:
        self.outcomes = self.session.execute_cells()
        return self

    def __exit__(self, *_: object) -> None:
        self.session.__exit__()

    def call(self, name: str, *arguments: Any, **stand_ins: Any) -> CallSuccess | CallFailure:
        return self.session.call(CallRequest(name, [arguments], stand_ins))

    def value(self, name: str, *arguments: Any, **stand_ins: Any) -> Any:
        outcome = self.call(name, *arguments, **stand_ins)
        assert isinstance(outcome, CallSuccess), outcome
        return outcome.values[0]

    def failure(self, name: str, *arguments: Any, **stand_ins: Any) -> CallFailure:
        outcome = self.call(name, *arguments, **stand_ins)
        assert isinstance(outcome, CallFailure), outcome
        return outcome


def executed(warm: Launcher, source: str, **options: Any) -> CellOutcome:
    with Notebook(warm, source, **options) as notebook:
        return notebook.outcomes[0]


def processor_s(warm: Launcher) -> float:
    """What all boxes have computed so far."""
    assert warm.used_time is not None
    return warm.used_time().processor_s


def texts(outcome: CellOutcome) -> list[str]:
    return [output.get("text", "") for output in outcome.outputs]


# Cells


def test_prints_errors_and_results_become_outputs_in_their_order(warm: Launcher) -> None:
    with Notebook(
        warm,
        "import sys\nprint('a'); print('b'); print('c', file=sys.stderr)\n40 + 2",
        "undefined_name",
        "1; 'quiet';",
    ) as notebook:
        first, second, third = (notebook.outcomes[i] for i in range(3))
    kinds = [(o["output_type"], o.get("name")) for o in first.outputs]
    assert kinds == [("stream", "stdout"), ("stream", "stderr"), ("execute_result", None)]
    assert texts(first)[:2] == ["a\nb\n", "c\n"]
    assert first.outputs[2]["data"] == {"text/plain": "42"}
    assert (first.ok, first.count, second.ok, third.ok) == (True, 1, False, True)
    assert (second.outputs[0]["ename"], third.outputs) == ("NameError", ())


def test_a_function_may_print_after_a_cell_that_printed(warm: Launcher) -> None:
    with Notebook(warm, "def f(): print('here'); return 1\nprint('the last words')") as notebook:
        assert notebook.value("f") == 1


def test_what_all_cells_print_together_is_bounded(warm: Launcher) -> None:
    sources = ["print('x' * 700_000)"] * 5 + ["1"]
    with Notebook(warm, *sources, "1;") as notebook:
        shown = [texts(notebook.outcomes[i]) for i in range(7)]
    note = "[output left out: the notebook has already shown 1 MiB]\n"
    assert [len(text) for text in shown[0] + shown[1]] == [700_001, 700_001]
    assert shown[2:] == [[note], [note], [note], [note], []]


def test_skipped_figures_are_named_and_closed_and_can_still_be_saved(warm: Launcher) -> None:
    source = (
        "import matplotlib.pyplot as plt, os\nfigure, axes = plt.subplots()\n"
        "axes.plot([1, 2])\nfigure.savefig('a.png')\nplt.show()\n"
        "[plt.get_fignums(), os.path.getsize('a.png') > 1000]"
    )
    with Session(warm, {}, [CodeCell(0, "plot", source)], FAST, "skip") as session:
        shown, value = session.execute_cells()[0].outputs
    assert shown["data"] == {"text/plain": "<Figure size 640x480 with 1 Axes>"}
    assert value["data"]["text/plain"] == "[[], True]"


def test_an_artist_of_ones_own_is_documented_though_the_kit_spares_itself_such_lists(
    warm: Launcher,
) -> None:
    source = (
        "import matplotlib.pyplot as plt\nclass Own(plt.Line2D):\n    pass\n"
        "['linewidth' in Own.set.__doc__, 'Plot y versus x' in plt.plot.__doc__]"
    )
    with Session(warm, {}, [CodeCell(0, "plot", source)], FAST) as session:
        [value] = session.execute_cells()[0].outputs
    assert value["data"]["text/plain"] == "[True, True]"


def test_fonts_come_from_the_list_that_an_earlier_run_has_kept(warm: Launcher) -> None:
    outcome = executed(warm, "import matplotlib.font_manager as m; print(m.fontManager.mark)")
    assert outcome.outputs[0]["text"] == "kept\n", outcome.outputs


SVG = "from matplotlib_inline.backend_inline import set_matplotlib_formats as f; f('svg')\n"
RETINA = "%config InlineBackend.figure_formats = ['retina']\n"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"


@pytest.mark.parametrize("asked", ["", SVG, RETINA], ids=["nothing", "SVG", "retina"])
def test_a_figure_is_shown_as_a_png_of_plain_size_whatever_the_notebook_asks_for(
    warm: Launcher, asked: str
) -> None:
    outcome = executed(warm, asked + PLOT)
    images = [o["data"]["image/png"] for o in outcome.outputs if "image/png" in o.get("data", {})]
    assert len(images) == 1
    data = base64.b64decode(images[0])
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">2I", data[16:24]) == (640, 480)


@pytest.mark.parametrize("asked", [SVG, RETINA], ids=["SVG", "retina"])
def test_skipped_figures_stay_skipped_whatever_the_notebook_asks_for(
    warm: Launcher, asked: str
) -> None:
    with Session(warm, {}, [CodeCell(0, "plot", asked + PLOT)], FAST, "skip") as session:
        (shown,) = session.execute_cells()[0].outputs
    assert shown["data"] == {"text/plain": "<Figure size 640x480 with 1 Axes>"}


def test_rich_results_and_syntax_errors_are_data(warm: Launcher) -> None:
    with Notebook(
        warm, "from IPython.display import HTML\nHTML('<b>x</b>')", "def f(:", "%timeit -x"
    ) as notebook:
        assert notebook.outcomes[0].outputs[0]["data"]["text/html"] == "<b>x</b>"
        assert [notebook.outcomes[i].ok for i in (1, 2)] == [False, False]


def test_helper_files_can_be_imported_and_read(warm: Launcher) -> None:
    source = "import helper\nprint(helper.ANSWER, open('helper.py').read())"
    assert texts(executed(warm, source, helper=b"ANSWER = 42")) == ["42 ANSWER = 42\n"]


def test_a_box_shows_nothing_of_what_warmed_it_up(warm: Launcher) -> None:
    source = "import sys\n[name for name in vars(sys) if name.startswith('last_')], _ih[:-1], _oh"
    outcome = executed(warm, source)
    assert outcome.count == 1
    assert outcome.outputs[0]["data"]["text/plain"] == "([], [''], {})"


def test_nothing_of_one_submission_is_left_for_the_next(warm: Launcher) -> None:
    executed(warm, "open('left.txt', 'w').write('x'); import builtins; builtins.left = 1")
    outcome = executed(warm, "import os\nos.listdir('.'), 'left' in dir(__builtins__)")
    assert outcome.outputs[0]["data"]["text/plain"] == "([], False)"


DEADLY_CELLS = {
    "exits": ("import os; os._exit(7)", "ended the Python process (exit status 7)"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "ended the Python process"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "ended the Python process"),
    "loops": ("while True: pass", "did not finish within 0.3 s"),
    "sleeps through interrupts": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)",
        "did not finish within 1.5 s, and computed for less than 0.3 s of them",
    ),
    "closes the channel": ("import os; os.closerange(3, 99)", "ended the Python process"),
}


@pytest.mark.parametrize(
    "source,reason", first_is_fast(DEADLY_CELLS.values()), ids=DEADLY_CELLS.keys()
)
def test_a_deadly_cell_costs_itself_only(warm: Launcher, source: str, reason: str) -> None:
    with Notebook(
        warm, "x = 1", source, "def f(): return x + 1", "print(x)", limits=HASTY
    ) as notebook:
        assert reason in notebook.outcomes[1].died
        assert [notebook.outcomes[i].ok for i in (0, 2, 3)] == [True, True, True]
        assert notebook.value("f") == 2
        assert len(notebook.session.notes) == 1
        assert "cell 1" in notebook.session.notes[0].text


@pytest.mark.slow
def test_each_cell_has_a_quarter_of_its_time_however_many_did_not_end(warm: Launcher) -> None:
    """A right cell after many that hang shall not depend on how fast the machine is."""
    limits = FAST.model_copy(update={"cell_timeout_s": 0.4})
    with Notebook(warm, *["while True: pass"] * 4, limits=limits) as notebook:
        given = [outcome.died.split()[-5] for outcome in notebook.outcomes.values()]
    assert given == ["0.4", "0.2", "0.1", "0.1"]


@pytest.mark.slow
def test_a_cell_that_finished_has_as_long_again_when_another_one_hangs(warm: Launcher) -> None:
    limits = FAST.model_copy(update={"cell_timeout_s": 0.5})
    slow = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    with Notebook(warm, slow, "while True: pass", limits=limits) as notebook:
        assert [outcome.ok for outcome in notebook.outcomes.values()] == [True, False]


def test_cells_that_ended_boxes_are_told_in_the_order_of_the_notebook(warm: Launcher) -> None:
    files = {"mood.py": b"IS_CALM = True"}
    sources = [
        "import mood, os\nif not mood.IS_CALM: os._exit(5)",
        "import os; os._exit(1)",
        "def g(): os._exit(1)\ndef f(): return 1",
    ]
    cells = [CodeCell(i, f"cell {i}", source) for i, source in enumerate(sources)]
    with Session(warm, files, cells, FAST) as session:
        session.execute_cells()
        files["mood.py"] = b"IS_CALM = False"
        assert isinstance(session.call(CallRequest("g", [()], {})), CallFailure)
        assert session.call(CallRequest("f", [()], {})) == CallSuccess((1,), (None,))
        assert session.notes[0].text == (
            "Cell cell 0 ended the Python process (exit status 5). The other cells were run "
            "without it and without cell 1, which failed in a similar way."
        )


@pytest.mark.slow
def test_sets_of_names_have_the_same_order_in_every_run(warm: Launcher) -> None:
    command = [sys.executable, "-c", "print(hash('W1'))"]
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert texts(executed(warm, "print(hash('W1'))")) == [done.stdout]


def test_what_is_drawn_without_a_seed_is_the_same_in_every_box(warm: Launcher) -> None:
    draw = "import random, numpy as np\nprint(random.random(), np.random.rand())"
    assert texts(executed(warm, draw)) == texts(executed(warm, draw))


def test_an_exception_does_not_name_where_an_object_is_in_memory(warm: Launcher) -> None:
    with Notebook(warm, "def f(x): raise ValueError(f'no number: {object()}')") as notebook:
        reason = notebook.failure("f", 1).reason
    assert reason == "f raised ValueError: no number: <object object> at line 1"


def test_the_line_of_an_error_does_not_depend_on_how_often_the_function_was_called(
    warm: Launcher,
) -> None:
    source = "def f(x):\n    y = x\n    z = later + y\n    later = 1\n    return z"
    calls = "for _ in range(40):\n    try: f(1)\n    except NameError: pass"
    for cells in ([source], [source, calls]):
        with Notebook(warm, *cells) as notebook:
            assert notebook.failure("f", 1).reason.endswith("at line 3")


def test_a_cell_that_waits_longer_than_its_processor_time_is_not_stopped(warm: Launcher) -> None:
    limits = FAST.model_copy(update={"cell_timeout_s": 0.5})
    with Notebook(warm, "import time; time.sleep(0.6)", "1", limits=limits) as notebook:
        assert notebook.outcomes[0].ok
        assert not notebook.session.notes


@pytest.mark.slow
def test_the_processor_time_of_all_processes_counts(warm: Launcher) -> None:
    source = (
        "import os\n"
        "children = [os.fork() for _ in range(2)]\n"
        "while 0 in children: pass\n"
        "os.waitpid(children[0], 0)"
    )
    assert executed(warm, source, limits=HASTY).died == (
        "this cell did not finish within 0.3 s of processor time"
    )


@pytest.mark.slow
def test_the_time_of_boxes_that_ended_is_not_forgotten(warm: Launcher) -> None:
    before_s = processor_s(warm)
    executed(warm, "import time\nwhile time.process_time() < 0.3: pass\nimport os; os._exit(1)")
    assert processor_s(warm) >= before_s + 0.2


def test_a_cell_whose_later_box_another_cell_ended_is_tried_alone(warm: Launcher) -> None:
    files = {"mood.py": b"IS_CALM = True"}
    sources = [
        "import mood, os, sys\nclass Finder:\n    def find_spec(*_): os._exit(5)\n"
        "if not mood.IS_CALM: sys.meta_path.insert(0, Finder())",
        "import colorsys\ndef f(): return 1",
        "import os\ndef g(): os._exit(1)",
    ]
    cells = [CodeCell(i, f"cell {i}", source) for i, source in enumerate(sources)]
    with Session(warm, files, cells, FAST) as session:
        assert all(outcome.ok for outcome in session.execute_cells().values())
        assert isinstance(session.call(CallRequest("g", [()], {})), CallFailure)
        files["mood.py"] = b"IS_CALM = False"
        assert session.call(CallRequest("f", [()], {})) == CallSuccess((1,), (None,))


@pytest.mark.slow
def test_time_without_a_processor_is_counted_apart(warm: Launcher) -> None:
    assert warm.used_time is not None
    before = warm.used_time()
    # Three processes share one processor. The first wants it until the others have ended, so it
    # waits for as long as they compute, however busy the machine is.
    source = (
        "import os, time\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "is_child = not (os.fork() and os.fork())\n"
        "while time.process_time() < 0.3: pass\n"
        "if is_child: os._exit(0)\n"
        "for _ in range(2):\n"
        "    while os.waitpid(-1, os.WNOHANG)[0] == 0: pass"
    )
    assert executed(warm, source).ok
    used = warm.used_time()
    assert used.processor_s - before.processor_s > 0.7
    assert used.queued_s - before.queued_s > 0.5


def test_exit_and_keyboard_interrupt_in_a_cell_are_ordinary_errors(warm: Launcher) -> None:
    with Notebook(warm, "raise SystemExit(3)", "raise KeyboardInterrupt", "2") as notebook:
        assert notebook.outcomes[2].ok
        assert not notebook.session.notes


@pytest.mark.slow
def test_endless_printing_is_cut_and_ends_in_time(warm: Launcher) -> None:
    outcome = executed(warm, "while True: print('x' * 1000)", limits=HASTY)
    assert "did not finish" in outcome.died
    outcome = executed(warm, "for _ in range(3000): print('x' * 1000)")
    assert outcome.ok
    assert sum(map(len, texts(outcome))) <= 1.1 * (1 << 20)
    assert "output cut off here: a cell may show at most 1 MiB" in texts(outcome)[-1]


def test_a_progress_bar_is_kept_as_it_looks_in_the_end(warm: Launcher) -> None:
    source = (
        "import sys\n"
        "print('start')\n"
        "for i in range(30_001): sys.stdout.write(f'\\r{i:5d} ' + '#' * 60)\n"
        "print()\n"
        "for i in range(3): print(i, end='\\r')\n"
        "print('end')"
    )
    outcome = executed(warm, source)
    assert texts(outcome) == ["start\n30000 " + "#" * 60 + "\nend\n"]


def test_thousands_of_displays_are_bounded(warm: Launcher) -> None:
    outcome = executed(warm, "for i in range(2_000): display(i)")
    assert outcome.ok
    assert len(outcome.outputs) <= 500


@pytest.mark.slow
def test_allocating_without_end_is_a_memory_error_and_not_the_machines_end(warm: Launcher) -> None:
    source = "import numpy as np\nkept = []\nwhile True: kept.append(np.ones(1 << 22))"
    with Notebook(warm, source, "del kept\n1 + 1") as notebook:
        first, second = notebook.outcomes.values()
        assert first.outputs[-1]["ename"] in ("MemoryError", "_ArrayMemoryError")
        assert second.ok


def test_a_cell_that_replaces_the_shells_own_parts_harms_itself_only(warm: Launcher) -> None:
    source = (
        "import sys; sys.modules['grader.box.inside.runner'].Runner._send = None; raise ValueError"
    )
    with Notebook(warm, source, "3") as notebook:
        assert notebook.outcomes[1].ok
        assert notebook.outcomes[0].died


@pytest.mark.slow
def test_a_submission_that_uses_all_its_time_ends_with_an_outcome_for_each_cell(
    warm: Launcher,
) -> None:
    limits = Limits(cell_timeout_s=1, submission_timeout_s=1, memory_mib=256)
    before_s = processor_s(warm)
    with Notebook(warm, *["while True: pass"] * 4, "def f(): return 1", limits=limits) as notebook:
        assert set(notebook.outcomes) == set(range(5))
        assert all(notebook.outcomes[i].died for i in range(4))
        notebook.call("f")
        last = notebook.session.notes[-1].text
    assert last.startswith("The time for the submission was used up before cell cell 1 could run.")
    assert "The same happened to" in last
    assert processor_s(warm) - before_s < 3


def test_a_rest_of_the_time_that_is_too_short_for_anything_counts_as_none(warm: Launcher) -> None:
    limits = Limits(submission_timeout_s=LEAST_S / 2, memory_mib=256)
    with Notebook(warm, "def f(): return 1", limits=limits) as notebook:
        notebook.call("f")
        told = [note.text for note in notebook.session.notes]
    assert told == [
        "The time for the submission was used up before cell cell 0 could run. The same happened "
        "to 1 more after it."
    ]


# Calls


FUNCTIONS = """
import numpy as np
def echo(*values): return values
def same(x): return x
def draw(rng): return rng.random()
def increase(x): x += 1
def broken(x): return {}[x]
def stub(): raise NotImplementedError()
def in_a_library(): return np.random.default_rng(0).choice(3, 4, replace=False)
def leave(): raise SystemExit(0)
def kill(): import os; os._exit(1)
def loop():
    while True: pass
def twice(f, x): return f(f(x))
def by_name(f, x): return f(x=x)
def once(f, x): return f(x)
def often(f, x, times): return [f(x) for _ in range(times)][-1]
def across(f, x):
    return f(np.asfortranarray(x))
def careful(f, x):
    try: return f(x)
    except ValueError as error: return str(error)
def helper(x): return "mine"
def uses_helper(x): return helper(x)
def uses_absent(x): return absent(x)
def has_absent(): return "absent" in globals()
def noise(): print("x" * 10_000_000); return 1
def unknown(): return object()
def huge(): return np.zeros(1 << 19)
def text(): return "y" * 100_000
def nested():
    value = 1.0
    for _ in range(1000): value = [value]
    return value
def deep(n): return deep(n + 1)
class Liar(float):
    def __eq__(self, other): return True
def liar(): return Liar(1)
def many(): return list(range(400_000))
number = 5
"""


@pytest.fixture(scope="module")
def functions(warm: Launcher) -> Any:
    with Notebook(warm, FUNCTIONS, limits=FAST) as notebook:
        yield notebook


def test_values_and_arrays_cross_both_ways(functions: Notebook) -> None:
    X = np.arange(6.0).reshape(2, 3)
    value = functions.value("echo", X, {"W1": X.T, 3: None}, [1, 2.5, "é" * 300], 2j, np.int64(3))
    assert [type(item).__name__ for item in value] == "ndarray dict list complex int64".split()
    np.testing.assert_array_equal(value[0], X)
    np.testing.assert_array_equal(value[1]["W1"], X.T)
    assert value[2:] == ([1, 2.5, "é" * 300], 2j, 3)


def test_an_rng_draws_on_over_the_calls_of_one_request_and_starts_anew_in_the_next(
    functions: Notebook,
) -> None:
    expected = list(np.random.default_rng(5).random(3))
    for _ in range(2):
        rng = Rng(5)
        outcome = functions.session.call(CallRequest("draw", [(rng,)] * 3, {}))
        assert isinstance(outcome, CallSuccess)
        assert list(outcome.values) == expected


def test_arguments_are_fresh_for_each_call_and_echoed_on_demand(functions: Notebook) -> None:
    x = np.zeros(2)
    request = CallRequest("increase", [(x,), (x,)], {}, echo=True)
    outcome = functions.session.call(request)
    assert isinstance(outcome, CallSuccess)
    assert [list(arguments[0]) for arguments in outcome.arguments] == [[1, 1], [1, 1]]
    assert list(x) == [0, 0]
    outcome = functions.session.call(CallRequest("increase", [(x,)], {}))
    assert isinstance(outcome, CallSuccess)
    assert outcome.arguments == (None,)


def test_a_callback_is_evaluated_outside_the_box(functions: Notebook) -> None:
    seen = []

    def square(x: float) -> float:
        seen.append(x)
        return x * x

    assert functions.value("twice", square, 3.0) == 81.0
    assert seen == [3.0, 9.0]
    assert functions.value("by_name", square, 2.0) == 4.0
    assert "TypeError" in functions.failure("by_name", lambda y: y, 2.0).reason


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Arguments with which the judge itself evaluates formulas."""
    plain, seen = Formula.__call__, []

    def noted(formula: Formula, *arguments: Any) -> Any:
        seen.append(arguments)
        return plain(formula, *arguments)

    monkeypatch.setattr(Formula, "__call__", noted)
    return seen


TOTAL = "lambda x: float(np.sum(c * x) / 3)"


def test_the_box_evaluates_a_formula_of_doubles_as_the_judge_would(
    functions: Notebook, asked: list[Any]
) -> None:
    x, c = np.random.default_rng(0).normal(size=(2, 30, 40))
    formula, callback = Formula(TOTAL, c=c), lambda a: float(np.sum(c * a) / 3)
    request = CallRequest("across", [(f, x) for f in (formula, callback, formula)], {})
    outcome = functions.session.call(request)
    assert isinstance(outcome, CallSuccess)
    assert outcome.values == (callback(x),) * 3
    assert asked == []


def test_the_judge_evaluates_a_formula_of_anything_else(
    functions: Notebook, asked: list[Any]
) -> None:
    total = Formula("lambda x: float(np.sum(x))")
    assert functions.value("once", total, np.arange(3)) == 3.0
    assert functions.value("once", total, [1.0, 2.0]) == 3.0
    assert functions.value("once", total, 2.5) == 2.5
    assert functions.value("once", total, np.ones(10_001)) == 10_001.0
    assert list(functions.value("once", Formula("lambda x: 2 * x"), np.ones(2))) == [2, 2]
    assert len(asked) == 5
    failure = functions.failure("once", Formula("lambda x: x @ np.ones(3)"), np.ones(2))
    assert "does not take these arguments (ValueError)" in failure.reason
    assert "TypeError" in functions.failure("by_name", total, np.ones(2)).reason


def test_the_judge_is_asked_for_a_formula_that_is_called_without_end(
    functions: Notebook, asked: list[Any]
) -> None:
    total = Formula("lambda x: float(np.sum(x))")
    assert functions.value("often", total, np.ones(2), 1003) == 2.0
    assert len(asked) == 3
    assert functions.value("often", total, np.ones(2), 1000) == 2.0
    assert len(asked) == 3


def test_a_callback_that_fails_is_an_error_in_the_students_function(functions: Notebook) -> None:
    failure = functions.failure("twice", lambda x: x["a"], 3.0)
    assert "does not take these arguments (TypeError)" in failure.reason
    assert "does not take these arguments" in functions.value("careful", lambda x: 1 / 0, 1)


def test_stand_ins_are_seen_by_the_function_and_restored_after(functions: Notebook) -> None:
    assert functions.value("uses_helper", 1, helper=lambda x: x + 1) == 2
    assert functions.value("uses_helper", 1) == "mine"
    assert functions.value("uses_absent", 1, absent=lambda x: x + 2) == 3
    assert functions.value("has_absent") is False


def test_stand_ins_are_restored_after_an_error_too(functions: Notebook) -> None:
    functions.failure("broken", 1, helper=lambda x: x)
    assert functions.value("uses_helper", 1) == "mine"


REASONS = {
    "nothing": "nothing is not defined",
    "stub": "stub is not implemented yet",
    "unknown": "unknown returned a value of type object",
    "liar": "liar returned a value of type Liar",
    "nested": "nested returned a value of type a structure nested too deeply",
    "many": "many returned a value that is too large to be graded",
    "leave": "leave raised SystemExit",
    "number": "number raised TypeError",
}


@pytest.mark.parametrize("name", REASONS)
def test_what_gives_no_value_gives_a_reason(functions: Notebook, name: str) -> None:
    assert functions.failure(name).reason.startswith(REASONS[name])


def test_an_exception_names_its_type_text_and_line(functions: Notebook) -> None:
    failure = functions.failure("broken", "key")
    assert failure.reason == "broken raised KeyError: 'key' at line 6"
    assert failure.error == "KeyError"


def test_the_line_is_the_students_own_where_a_library_raised(functions: Notebook) -> None:
    assert functions.failure("in_a_library").reason.endswith("replace is False at line 8")


def test_the_failing_one_of_many_calls_is_named(functions: Notebook) -> None:
    calls = [(abs, 1), (abs, 2), (abs, "x")]
    outcome = functions.session.call(CallRequest("twice", calls, {}))
    assert isinstance(outcome, CallFailure)
    assert outcome.index == 2


def test_endless_recursion_is_an_ordinary_error(functions: Notebook) -> None:
    assert functions.failure("deep", 0).error == "RecursionError"


def test_printing_in_a_call_disturbs_nothing(functions: Notebook) -> None:
    assert functions.value("noise") == 1


def test_long_texts_cross_whole(functions: Notebook) -> None:
    assert functions.value("text") == "y" * 100_000


@pytest.mark.parametrize(
    "name,reason",
    first_is_fast([("kill", "ended the Python process"), ("loop", "did not finish within 0.5 s")]),
)
def test_a_deadly_function_costs_only_itself(
    warm: Launcher, functions: Notebook, name: str, reason: str
) -> None:
    notes = len(functions.session.notes)
    first = functions.failure(name)
    assert reason in first.reason
    used_s = processor_s(warm)
    assert functions.failure(name) == first
    assert processor_s(warm) - used_s < 0.3  # no new call, which would compute for 0.5 s
    assert functions.value("same", 4) == 4
    assert len(functions.session.notes) == notes + 1


def test_a_value_above_the_bound_is_a_failed_call(functions: Notebook) -> None:
    assert "too large" in functions.failure("huge").reason
    assert functions.value("same", 1) == 1


def test_a_function_that_ends_when_cells_run_again_is_reported_not_raised(warm: Launcher) -> None:
    first_time_only = "import os, pathlib\nx = 1\ndef kill(): os._exit(0)\ndef f(): return x"
    with Notebook(warm, first_time_only) as notebook:
        notebook.failure("kill")
        assert notebook.value("f") == 1


@pytest.mark.slow
def test_without_boxes_left_every_call_is_a_failure_with_a_reason(warm: Launcher) -> None:
    names = [f"k{i}" for i in range(14)]
    source = "import os\n" + "\n".join(f"def {name}(): os._exit(0)" for name in names)
    with Notebook(warm, source + "\ndef f(): return 1") as notebook:
        reasons = [notebook.failure(name).reason for name in names]
        assert "was not called" in reasons[-1]
        assert isinstance(notebook.call("f"), CallFailure)


# What a cell leaves behind

WORKS = "def works(x):\n    return x + 1"
# A timer goes off as soon as something has begun, since no machine is as quick as another.
TIMER = (
    "import os, sys, threading, time\n"
    "def go_off():\n"
    "    while not has_begun(): time.sleep(0.001)\n"
    "    os._exit(0)\n"
    "threading.Timer(0, go_off).start()\n"
)
IN_CALL = (
    "def has_begun():\n"
    "    frame = sys._current_frames()[threading.main_thread().ident]\n"
    "    while frame and frame.f_code.co_name != {!r}: frame = frame.f_back\n"
    "    return frame\n"
)
IN_CELL = "def has_begun(): return 'begun' in globals()\n"
AWAIT_TIMER = "import threading; [t.join() for t in threading.enumerate() if hasattr(t, 'cancel')]"


def test_a_timer_of_another_cell_costs_no_innocent_function(warm: Launcher) -> None:
    timer = IN_CALL.format("patient") + TIMER
    patient = f"def patient():\n    {AWAIT_TIMER}\n    return 1"
    with Notebook(warm, timer, WORKS, patient) as notebook:
        assert notebook.value("patient") == 1
        assert notebook.value("works", 1) == 2
        assert notebook.value("patient") == 1
        assert "Without that cell, patient could be called." in notebook.session.notes[0].text


def test_a_timer_that_ends_an_innocent_cell_costs_it_nothing(warm: Launcher) -> None:
    slow = f"begun = True\n{AWAIT_TIMER}\nprint('slow')\n{WORKS}"
    with Notebook(warm, IN_CELL + TIMER, slow) as notebook:
        assert notebook.outcomes[1].died
        assert notebook.value("works", 1) == 2
        assert texts(notebook.outcomes[1]) == ["slow\n"]


def test_a_thread_that_watches_for_a_function_costs_it_nothing(warm: Launcher) -> None:
    slow = f"def works(x):\n    {AWAIT_TIMER}\n    return x + 1"
    with Notebook(warm, IN_CALL.format("works") + TIMER, slow) as notebook:
        assert [notebook.value("works", n) for n in range(3)] == [1, 2, 3]


def test_a_function_that_ends_its_own_box_too_is_to_blame(warm: Launcher) -> None:
    with Notebook(warm, "import os", WORKS, "def ends():\n    os._exit(3)") as notebook:
        assert "exit status 3" in notebook.failure("ends").reason
        assert notebook.value("works", 1) == 2
        text = (
            "A call of ends ended the Python process (exit status 3). It was not called again; "
            "the other functions were graded as usual."
        )
        assert notebook.session.notes == (Note(NoteKind.STOPPED, text),)


PROGRAM = "[not run, since the grader runs no programs and installs nothing: {}]\n"
BACKEND = "[no effect, since the grader always draws figures in the notebook: {}]\n"
MAGIC = "[no effect, since the grader does not have this magic: {}]\n"
COLAB = "[no effect, since the grader does not run in Colab: {}]\n"
STYLE = "[no effect, since this version of matplotlib has no such style: {}]\n"
INPUT = "[nobody can type here, so the answer is an empty text: {}]\n"


@pytest.mark.parametrize(
    ("line", "remark"),
    first_is_fast(
        [
            ("!pip install -q tqdm", PROGRAM.format("!pip install -q tqdm")),
            ("    !ls", PROGRAM.format("!ls")),
            ("files = !ls", PROGRAM.format("!ls")),
            ("!!ls", PROGRAM.format("!ls")),
            ("%sx ls", PROGRAM.format("!ls")),
            ("%system ls", PROGRAM.format("!ls")),
            ("%pip install tqdm", PROGRAM.format("%pip install tqdm")),
            ("%conda install -y tqdm", PROGRAM.format("%conda install -y tqdm")),
            ("%mamba install tqdm", PROGRAM.format("%mamba install tqdm")),
            ("%uv pip install tqdm", PROGRAM.format("%uv pip install tqdm")),
            ("get_ipython().system('ls')", PROGRAM.format("!ls")),
            ("%matplotlib notebook", BACKEND.format("%matplotlib notebook")),
            ("%matplotlib widget", BACKEND.format("%matplotlib widget")),
            ("%matplotlib ipympl", BACKEND.format("%matplotlib ipympl")),
            ("%matplotlib qt", BACKEND.format("%matplotlib qt")),
            ("%matplotlib qt5", BACKEND.format("%matplotlib qt5")),
            ("%matplotlib tk", BACKEND.format("%matplotlib tk")),
            ("%gui qt", BACKEND.format("%gui qt")),
            ("%matplotlib osx", BACKEND.format("%matplotlib osx")),
            ("import matplotlib; matplotlib.use('TkAgg')", BACKEND.format("TkAgg")),
            ("import matplotlib; matplotlib.use(backend='Qt4Agg')", BACKEND.format("Qt4Agg")),
            ("import matplotlib; matplotlib.use('nbagg', force=True)", BACKEND.format("nbagg")),
            ("import matplotlib.pyplot as p; p.switch_backend('MacOSX')", BACKEND.format("MacOSX")),
            (
                "get_ipython().run_line_magic('matplotlib', 'widget')",
                BACKEND.format("%matplotlib widget"),
            ),
            ("get_ipython().magic('matplotlib notebook')", BACKEND.format("%matplotlib notebook")),
            ("get_ipython().magic('%gui qt')", BACKEND.format("%gui qt")),
            ("%load_ext lab_black", MAGIC.format("%load_ext lab_black")),
            ("%reload_ext tensorboard", MAGIC.format("%reload_ext tensorboard")),
            ("%watermark -v", MAGIC.format("%watermark -v")),
            ("%qtconsole", MAGIC.format("%qtconsole")),
            ("import google.colab", COLAB.format("google.colab")),
            (
                "from google.colab import drive\ndrive.mount('/x')",
                COLAB.format("google.colab.drive"),
            ),
            (
                "from google.colab import files as f\nlist(f.upload())",
                COLAB.format("google.colab.files"),
            ),
            ("import matplotlib.pyplot as p; p.style.use('seaborn')", STYLE.format("seaborn")),
            ("assert input('your name') == ''", INPUT.format("your name")),
            ("import getpass; getpass.getpass()", INPUT.format("")),
        ]
    ),
)
def test_lines_for_jupyter_leave_a_remark_and_the_cell_goes_on(
    warm: Launcher, line: str, remark: str
) -> None:
    drawing = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    source = f"if True:\n{line}\n{drawing}" if line.startswith(" ") else f"{line}\n{drawing}"
    outcome = executed(warm, source)
    assert outcome.ok
    assert outcome.outputs[0] == {"output_type": "stream", "name": "stdout", "text": remark}
    assert "image/png" in outcome.outputs[1]["data"]


@pytest.mark.parametrize("magic", ["bash", "sh", "script python", "perl", "python3"])
def test_a_cell_for_another_program_is_not_run(warm: Launcher, magic: str) -> None:
    outcome = executed(warm, f"%%{magic}\necho here")
    assert outcome.ok
    assert texts(outcome) == [PROGRAM.format(f"%%{magic}")]


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "%matplotlib",
        "import matplotlib; matplotlib.use('Agg')",
        "%load_ext autoreload\n%autoreload 2",
        "%config InlineBackend.figure_format = 'retina'",
        "from IPython.display import set_matplotlib_formats as f; f('retina')",
        "import matplotlib.pyplot as plt; plt.style.use('ggplot')",
        "%cd ..\n%pwd",
        "try:\n    import google.colab\nexcept ImportError:\n    local = 1\nassert local",
        "exit()",
    ],
)
def test_lines_that_work_here_leave_no_remark(warm: Launcher, line: str) -> None:
    outcome = executed(warm, f"{line}\nimport matplotlib.pyplot as plt\nx = plt.plot([1])")
    assert outcome.ok
    assert not any("no effect" in text for text in texts(outcome))


def test_what_no_program_printed_is_empty(warm: Launcher) -> None:
    _, printed = texts(executed(warm, "files = !ls\nprint(list(files), repr(files.n))"))
    assert printed == "[] ''\n"


def test_a_cell_that_stopped_is_the_one_reason_for_all_that_it_defines(
    warm: Launcher,
) -> None:
    sources = "def early(): return 1", "y = q  # unknown\ndef f(): pass\ng = f", "f()\ng()"
    with Notebook(warm, *sources) as notebook:
        reasons = [notebook.failure(name).reason for name in ("f", "g", "h")]
    assert reasons[:2] == 2 * [
        "cell cell 1 stopped before it defined all that this check needs: "
        "NameError: name 'q' is not defined"
    ]
    assert reasons[2] == "h is not defined"


def test_a_cell_that_ended_its_box_is_the_reason_for_what_it_did_not_define(
    warm: Launcher,
) -> None:
    with Notebook(warm, "import os\nos._exit(1)\ndef f(): pass") as notebook:
        assert "this cell ended the Python process" in notebook.failure("f").reason


# Probes


def probe(notebook: Notebook, name: str, timeout_s: float = 1.0) -> Any:
    return notebook.session.probe(CallRequest(name, [()], {}), timeout_s)


def test_a_probe_calls_a_function_in_the_open_box(warm: Launcher) -> None:
    with Notebook(warm, "def f(): return 3\ndef g(): raise ValueError('no')") as notebook:
        assert probe(notebook, "f") == CallSuccess((3,), (None,))
        failure = probe(notebook, "g")
        assert isinstance(failure, CallFailure) and failure.error == "ValueError"


@pytest.mark.parametrize("body", first_is_fast(["os._exit(1)", "while True: pass"]))
def test_a_probe_that_ends_the_box_has_no_consequences(warm: Launcher, body: str) -> None:
    with Notebook(warm, f"import os\ndef f():\n    {body}\ndef g(): return 3") as notebook:
        used_s = processor_s(warm)
        assert probe(notebook, "f", 0.3) is None
        assert processor_s(warm) - used_s < 2
        assert probe(notebook, "g") is None  # no box is opened for it
        assert notebook.session.notes == ()
        assert notebook.value("g") == 3


def test_a_function_that_ended_a_box_is_not_probed(warm: Launcher) -> None:
    with Notebook(warm, "import os\ndef f(): os._exit(1)\ndef g(): return 3") as notebook:
        notebook.failure("f")
        assert notebook.value("g") == 3
        assert probe(notebook, "f") is None
        assert isinstance(probe(notebook, "g"), CallSuccess)


def test_no_probe_is_made_when_the_time_is_used_up(warm: Launcher) -> None:
    with Notebook(warm, "def f(): return 3") as notebook:
        assert probe(notebook, "f", 0.0) is None
        assert isinstance(probe(notebook, "f"), CallSuccess)


# Functions apart

HELPED = "def helper(x): return x + len([x])\ndef f(x): return helper(x) * SCALE"


def apart_value(notebook: Notebook, name: str, *arguments: Any) -> Any:
    apart = notebook.session.apart([name])
    assert apart is not None
    outcome = apart.call(CallRequest(name, [arguments], {}))
    assert isinstance(outcome, CallSuccess), outcome
    return outcome.values[0]


@pytest.mark.parametrize(
    "late", ["helper = []", "len = 5", "SCALE = 0", "del helper", "%reset -f", "f = f(1)"]
)
def test_a_function_apart_has_the_names_that_it_was_defined_with(warm: Launcher, late: str) -> None:
    cells = [CodeCell(0, "setup", "SCALE = 3"), CodeCell(1, "f", HELPED)]
    cells.append(CodeCell(2, "late", late, is_answer=False))
    with Session(warm, {}, cells, FAST) as session:
        session.execute_cells()
        apart = session.apart(["f"])
        assert apart is not None
        assert apart.call(CallRequest("f", [(1,)], {})) == CallSuccess((6,), (None,))


def test_what_changes_the_process_does_not_reach_a_function_apart(warm: Launcher) -> None:
    setup, late = "import numpy as np", "np.sum = None"
    with Notebook(warm, setup, "def f(x): return np.sum([abs(x)])", late) as notebook:
        assert notebook.failure("f", -2).error == "TypeError"
        assert apart_value(notebook, "f", -2) == 2


def test_functions_apart_do_not_reach_each_other(warm: Launcher) -> None:
    with Notebook(
        warm, "def h(x): return x\ndef f(x): return h(x)", "def h(x, y): return y\ng = h", "h = 0"
    ) as notebook:
        apart = notebook.session.apart(["f", "g"])
        assert apart is not None
        for name, arguments in (("f", (1,)), ("g", (1, 2)), ("f", (3,))):
            outcome = apart.call(CallRequest(name, [arguments], {}))
            assert outcome == CallSuccess((arguments[-1],), (None,))


def test_without_a_cell_that_may_undo_it_no_function_is_tried_apart(warm: Launcher) -> None:
    with Notebook(warm, "import numpy as np", "def f(): return 1", "def g(): return 2") as notebook:
        assert notebook.session.apart(["f", "g"]) is None
    released = [CodeCell(0, "f", "def f(): return 1"), CodeCell(1, "x", "f()", is_released=True)]
    with Session(warm, {}, released, FAST) as session:
        assert session.apart(["f"]) is None


@pytest.mark.slow
def test_a_function_apart_that_ends_its_box_is_not_called_again(warm: Launcher) -> None:
    loop = "def f():\n    while True: pass"
    with Notebook(warm, loop, "def g(): return g", "f = g = 1; print(f)") as notebook:
        apart = notebook.session.apart(["f"])
        assert apart is not None
        first = apart.call(CallRequest("f", [()], {}))
        used_s = processor_s(warm)
        assert apart.call(CallRequest("f", [()], {})) == first
        assert processor_s(warm) - used_s < 0.3  # nor computed for 0.5 s again
        outcome = apart.call(CallRequest("g", [()], {}))
        assert isinstance(outcome, CallFailure)
        assert outcome.reason.startswith("g returned a value of type")


@pytest.mark.slow
def test_a_request_may_get_less_time_than_the_course_gives(warm: Launcher) -> None:
    loops = [f"def {name}():\n    while True: pass" for name in "fg"]
    with Notebook(warm, *loops, "g = 1; print(g)") as notebook:
        apart = notebook.session.apart(["g"])
        assert apart is not None
        for caller, name in ((apart, "g"), (notebook.session, "f")):
            outcome = caller.call(CallRequest(name, [()], {}, within_s=0.1))
            assert isinstance(outcome, CallFailure)
            assert "within 0.1 s" in outcome.reason


def test_the_session_and_its_functions_apart_take_turns(warm: Launcher) -> None:
    with Notebook(warm, "def f(): return 1", "f = 3") as notebook:
        apart = notebook.session.apart(["f"])
        assert apart is not None
        for _ in range(2):
            assert apart.call(CallRequest("f", [()], {})) == CallSuccess((1,), (None,))
            assert notebook.failure("f").error == "TypeError"


def test_a_function_apart_is_probed_apart(warm: Launcher) -> None:
    with Notebook(
        warm, "import os\ndef f(): return 1", "def g(): os._exit(1)", "f = 3"
    ) as notebook:
        assert apart_value(notebook, "f") == 1
        assert probe(notebook, "f") == CallSuccess((1,), (None,))
        assert probe(notebook, "g") is None
        assert probe(notebook, "f") is None  # no box is opened for it
        assert apart_value(notebook, "f") == 1


@pytest.mark.slow
def test_without_boxes_left_an_innocent_function_is_still_called_apart(warm: Launcher) -> None:
    names = [f"k{i}" for i in range(14)]
    source = "import os\n" + "\n".join(f"def {name}(): os._exit(0)" for name in names)
    with Notebook(warm, source, "def f(): return 1") as notebook:
        for name in names:
            notebook.failure(name)
        assert "was not called" in notebook.failure("f").reason
        notes = notebook.session.notes
        assert apart_value(notebook, "f") == 1
        notebook.session.note_undone({"q": ["f"]})
        assert notebook.session.notes == notes  # they tell already what ended the boxes
