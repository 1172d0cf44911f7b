"""Visible checks: each compares what you have with what belongs there, and says both."""

import dis
import inspect
import linecache
import re
import sys
import traceback
from contextlib import contextmanager
from functools import cache
from types import CodeType, FunctionType

import numpy as np

__all__ = ["check", "check_close", "check_results", "check_shape", "otherwise", "run"]

# The grader has numpy, matplotlib and tqdm. Answers that need one of these would stop there.
NOT_THERE = {
    *("cupy", "cv2", "jax", "keras", "numba", "pandas", "scipy", "seaborn", "sklearn"),
    *("statsmodels", "sympy", "tensorflow", "torch"),
}
DATA = (np.ndarray, np.random.Generator, np.integer, int, list, tuple, dict)

MISSING = "Is it misspelt, or did its cell not run to its end?"
LOOK, RETURN = "Look first at", "Perhaps a return is missing in"

# What `run` called last, in which cell, and the names of the functions that were given to it.
_latest = {"function": None, "cell": None, "given": ()}


class Failed(AssertionError):
    """A check that did not pass; Jupyter shows its one line, and no traceback."""

    def __init__(self, claim, advice=""):
        super().__init__(f"✗ {claim}" + (f". {advice}" if advice else ""))
        self.claim = claim

    def _render_traceback_(self):
        return [str(self)]


class NotWritten(Failed):
    """A function still raises NotImplementedError."""


def check(claim, holds):
    """Print the claim if it holds; fail with it if it does not."""
    if not holds:
        _fail(f"not so: {claim}")
    _passed(claim)


def check_shape(name, actual, shape):
    """Check that `actual` is a numpy array of this shape."""
    wanted = f"an array of shape {tuple(shape)}"
    _check_kind(name, actual, wanted, tuple(shape))
    _passed(f"{name}: {wanted}")


def check_close(name, actual, expected, tolerance=1e-7):
    """Check that `actual` is `expected`: a number, an array, or a dict of these."""
    wanted = _kind(expected)
    _check_kind(name, actual, wanted, np.shape(expected))
    if isinstance(expected, dict):
        for key, value in expected.items():
            check_close(f"{name}[{key!r}]", actual[key], value, tolerance)
        return
    expected, actual = _as_floats(name, expected), _as_floats(name, actual)
    distance = np.nan_to_num(np.abs(actual - expected), nan=np.inf)
    worst = np.unravel_index(distance.argmax(), distance.shape)
    place = f"[{', '.join(map(str, worst))}]" if worst else ""
    if distance[worst] > tolerance:
        _fail(f"{name}{place}: expected {expected[worst]:.8g}, got {actual[worst]:.8g}")
    _passed(f"{name}: {f'{wanted}, as expected' if worst else f'{expected:.8g}'}")


def check_results(call, actual, tolerance=1e-7, **expected):
    """Check the values that a call returned together, each under its own name and in this order."""
    _check_number_of_values(call, actual, list(expected))
    for (name, value), one in zip(expected.items(), actual, strict=True):
        check_close(f"{call}: {name}", one, value, tolerance)


def run(function, *arguments, returns=None, changes=None, given=None, **named):
    """Call one of your functions and return what it returns; fail in one line if it cannot.

    Args:
        function: what to call.
        *arguments: what to call it with.
        returns: names of the values it must return, such as "scores, hidden"; "" if it has none.
        changes: name of the argument that it may change.
        given: functions that stand in for others meanwhile, by name.
        **named: what to call it with, by name.
    """
    _latest.update(function=function, cell=_calling_cell(), given=tuple(given or ()))
    _refuse_data_from_outside(function)
    passed = dict(zip(_parameters(function), arguments, strict=False)) | named
    put_back = {name: _keep(value) for name, value in passed.items() if name != changes}
    try:
        with _standing_in(function, given or {}):
            result = function(*arguments, **named)
    except Exception as error:
        raise _explained(function, passed, error) from None
    finally:
        changed = [name for name, undo in put_back.items() if undo()]
    if changed:
        raise Failed(f"{_name(function)} changes its argument {changed[0]}: work on a copy of it")
    _check_returned(_name(function), result, returns)
    return result


@contextmanager
def otherwise(sentence):
    """Say this too if a check inside fails; pass over a function inside that is not written yet."""
    try:
        yield
    except NotWritten as waiting:
        print(f"○ not checked yet: {waiting.claim}")
    except Exception as error:
        reason = error.claim if isinstance(error, Failed) else _in_words(error)
        raise Failed(f"{sentence} ({reason})") from None


@contextmanager
def _standing_in(function, given):
    names = getattr(function, "__globals__", {})
    before = {name: names[name] for name in given if name in names}
    names.update(given)
    try:
        yield
    finally:
        for name in given:
            del names[name]
        names.update(before)


def _keep(value):
    """A function that undoes changes of an argument, which other checks use too.

    It says whether there were any.
    """
    if isinstance(value, dict):
        return _keep_dict(value)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        return lambda: False
    before = value.copy()

    def undo():
        is_same = value.shape == before.shape and np.allclose(value, before, equal_nan=True)
        if not is_same:
            value.flat = before
        return not is_same

    return undo


def _keep_dict(value):
    before, inner = dict(value), [_keep(one) for one in value.values()]

    def undo():
        is_other = [value.get(key) is not one for key, one in before.items()]
        is_other.append(len(value) != len(before))
        value.clear()
        value.update(before)
        return any([*is_other, *(one() for one in inner)])

    return undo


def _check_number_of_values(call, actual, names):
    several = isinstance(actual, (tuple, list))
    found = f"{len(actual)} values" if several else _kind(actual)
    if not several or len(actual) != len(names):
        raise Failed(f"{call}: expected {len(names)} values ({', '.join(names)}), got {found}")


def _check_returned(call, result, returns):
    if returns:
        _check_number_of_values(call, result, returns.split(", "))
    elif (result is None) != (returns == ""):
        wanted = "a value" if returns is None else "that nothing is returned"
        raise Failed(f"{call}: expected {wanted}, got {_kind(result)}")


def _refuse_data_from_outside(function):
    """Fail if a function, or a helper in its cell, reads data that are other data in grading."""
    beside = [one for one in _called(function).values() if _cell(one) == _cell(function)]
    for one in [function, *beside]:
        outside = ", ".join(name for name in _names_read(one) if _is_data(one, name))
        if outside:
            own = ", ".join(_parameters(one))
            remedy = f"use its arguments ({own})" if own else "write the values into it"
            _fail(f"{_name(one)} reads {outside} from outside: {remedy}")


def _is_data(function, name):
    """Whether a name holds data; what is defined in the cell of the function is a constant."""
    value = function.__globals__.get(name)
    if isinstance(value, bool) or not isinstance(value, DATA):
        return False
    source = "".join(linecache.getlines(_cell(function)))
    defined = rf"^(\w[^=\n]*)?\b{name}\b.*=|^(from|import)\b.*\b{name}\b"
    return not re.search(defined, source, re.MULTILINE)


def _explained(function, passed, error):
    """The failure that says in which line of the notebook a function stopped, and why."""
    ours = getattr(function, "__globals__", None)
    steps = [step for step in traceback.walk_tb(error.__traceback__) if step[0].f_globals is ours]
    if isinstance(error, Failed):
        return error
    if steps and isinstance(error, NotImplementedError):
        return NotWritten(_not_written(_name(function), steps[-1][0].f_code))
    place, line = _place(_name(function), *steps[-1]) if steps else ("", "")
    claim = f"{_name(function)} stopped{place}: {_in_words(error)}"
    return Failed(claim, _advice(error, passed, line))


def _advice(error, passed, line):
    if type(error) is NameError:
        return MISSING
    if "NoneType" in str(error):
        return _others(RETURN)
    is_about_shapes = isinstance(error, (ValueError, IndexError)) and "unpack" not in str(error)
    shapes = _shapes(passed, line) if is_about_shapes else ""
    return ". ".join(filter(None, [shapes, _others()]))


def _place(name, frame, number):
    """Where a function stopped: in words, and the line of code."""
    code = frame.f_code
    line = linecache.getline(code.co_filename, number).strip()
    return f" at `{line}`" if code.co_name == name else f" in {code.co_name}, at `{line}`", line


def _in_words(error):
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".")


def _not_written(name, code):
    lines = {line for *_, line in code.co_lines()} - {None, code.co_firstlineno}
    is_stub = code.co_names == ("NotImplementedError",) and len(lines) == 1
    state = "is not started" if is_stub else "still has the line `raise NotImplementedError()`"
    other = "" if code.co_name == name else f" calls {code.co_name}, which"
    return f"{name}{other} {state}"


def _shapes(passed, line):
    """The shapes of what a function was given, since most errors of numpy are about shapes."""
    arrays = {name: value for name, value in passed.items() if isinstance(value, np.ndarray)}
    shapes = ", ".join(f"{name} {value.shape}" for name, value in arrays.items())
    y = arrays.get("y", np.zeros(1))
    is_label = y.ndim == 1 and y.dtype.kind == "i" and re.search(r"\by\b", line)
    rest = "; y has the number of each row's class, not one-hot rows" if is_label else ""
    return f"Shapes: {shapes}{rest}" if arrays else ""


def _others(advice=LOOK):
    """The advice with what the function under check calls, if it calls other functions."""
    function = _latest["function"]
    if function is None or _calling_cell() != _latest["cell"]:
        return ""
    names = sorted(_called(function).keys() - set(_latest["given"]))
    return f"{advice} what {_name(function)} calls: {', '.join(names)}" if names else ""


def _called(function):
    """The functions of the notebook that a function uses; for a method, those of its class."""
    methods = vars(type(getattr(function, "__self__", None))).values()
    users = [one for one in methods if isinstance(one, FunctionType)] or [function]
    ours = getattr(function, "__globals__", {})
    found = {name: ours.get(name) for one in users for name in _names_read(one)}
    return {
        name: one
        for name, one in found.items()
        if isinstance(one, FunctionType) and one.__globals__ is ours and one is not function
    }


def _names_read(function):
    """The names that a function takes from the notebook."""
    code = getattr(function, "__code__", None)
    return sorted(_globals_of(code)) if code else []


@cache
def _globals_of(code):
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    own = {one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_GLOBAL"}
    return own.union(*map(_globals_of, inner))


def _parameters(function):
    try:
        return list(inspect.signature(function).parameters)
    except ValueError:  # of a function that is not written in Python
        return []


def _name(function):
    return getattr(function, "__name__", "it")


def _cell(function):
    """The file name that Python knows a function's cell by."""
    return getattr(getattr(function, "__code__", None), "co_filename", "")


def _calling_cell():
    frame = sys._getframe()
    while frame.f_back and frame.f_globals is globals():
        frame = frame.f_back
    return frame.f_code.co_filename


def _fail(claim):
    raise Failed(claim, _others())


def _passed(claim):
    missing = ", ".join(sorted(_packages() & NOT_THERE))
    if missing:
        raise Failed(f"the grader has no {missing}: use numpy, matplotlib or tqdm instead")
    print(f"✓ {claim}")


def _packages():
    """The packages that the notebook's names come from, and those that its functions import."""
    found = set()
    for value in list(vars(sys.modules["__main__"]).values()):
        is_module = isinstance(value, type(sys))
        names = [value.__name__ if is_module else getattr(value, "__module__", None)]
        names += getattr(getattr(value, "__code__", None), "co_names", ())
        found |= {name.split(".")[0] for name in names if isinstance(name, str)}
    return found


def _kind(value):
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, (int, float, np.number, np.ndarray)):
        return "a number"
    if isinstance(value, dict):
        return f"a dict with the keys {', '.join(sorted(map(str, value)))}"
    return "None (is a return missing?)" if value is None else f"a {type(value).__name__}"


def _check_kind(name, actual, wanted, shape):
    found = _kind(actual)
    if found != wanted:
        hint = _hint(actual, shape)
        raise Failed(f"{name}: expected {wanted}, got {found}{hint}", "" if hint else _others())


def _hint(actual, shape):
    """What turns a value into an array of that shape, if it is a usual slip."""
    if isinstance(actual, (list, tuple)) and shape:
        return " (np.array(...) makes an array of it)"
    if not shape or np.ndim(actual) != len(shape) + 1:
        return ""
    if np.size(actual) == np.prod(shape):
        return " (one axis too many: take it away, for example with .ravel())"
    is_one_hot = actual.shape[:-1] == shape and np.all(np.sort(actual)[..., :-1] == 0)
    return " (one-hot rows? give the number of each row's class)" if is_one_hot else ""


def _as_floats(name, value):
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        _fail(f"{name}: expected numbers, got an array of {value.dtype}")


def _in_one_line(kind, error, trace):
    """Show a failed check as Jupyter does where the notebook runs as a plain script."""
    if isinstance(error, Failed):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def _undefined_in_one_line(shell, kind, error, trace, tb_offset=None):
    """Show a name that a cell needs and does not have as one line, in Jupyter."""
    frame, number = list(traceback.walk_tb(trace))[-1]
    if kind is NameError and frame.f_code.co_name == "<module>":
        line = linecache.getline(frame.f_code.co_filename, number).strip()
        shell._showtraceback(kind, error, [f"✗ stopped at `{line}`: {error}. {MISSING}"])
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


sys.excepthook = _in_one_line
if jupyter := vars(sys.modules["__main__"]).get("get_ipython"):
    jupyter().set_custom_exc((NameError,), _undefined_in_one_line)
