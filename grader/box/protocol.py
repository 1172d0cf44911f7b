"""Frames between judge and box: a small JSON header, then raw bytes.

Both sides use this module, and neither side trusts the other. What arrives is decoded by a
whitelist of types into new plain values, with bounds on size, depth and count. Nothing is ever
unpickled.

A frame is ``magic | header length | body length | header | body``. The header holds an
operation and a tree of tagged values. Arrays and long strings lie in the body: the header describes
them by dtype and shape, and the tree refers to them by index. Hidden tests send thousands of small
arrays for each submission, so the code looks for the usual case first.

    JSON null, true, 1, 1.5, "text"     themselves
    {"list": [...]} {"tuple": [...]}    sequences
    {"dict": {key: value, ...}}         keys are strings
    {"pairs": [[key, value], ...]}      a dict in which some keys are integers
    {"array": i} {"scalar": i}          numpy array, numpy scalar
    {"text": i}                         a long string
    {"complex": [re, im]}               Python complex
    {"rng": [name, seed]}               numpy.random.default_rng(seed), shared by its name
    {"callback": i}                     a function that the judge evaluates
    {"formula": [i, text, constants]}   one that the box can evaluate itself
    {"unknown": "type name"}            something that must not cross
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "MAX_BODY_BYTES",
    "Decoder",
    "Encoder",
    "Formula",
    "Frame",
    "Part",
    "ProtocolError",
    "Rng",
    "Unknown",
    "find_unknown",
]

MAX_BODY_BYTES = 64 << 20
MAX_DEPTH = 24
MAX_NODES = 200_000
MAX_DECODED_BYTES = 4 * MAX_BODY_BYTES  # one part of the body may be referred to many times
MAX_INT = 1 << 64
MAX_NDIM = 16
LONG_TEXT = 200  # characters; longer strings travel in the body
NAMES = "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16".split()
DTYPES = {np.dtype(name): name for name in NAMES}
TEXT = "utf8"
ITEM_BYTES = {name: dtype.itemsize for dtype, name in DTYPES.items()} | {TEXT: 1}


class ProtocolError(Exception):
    """The other side sent something that is not a frame of this protocol."""


@dataclass(frozen=True)
class Rng:
    """Stands for `numpy.random.default_rng(seed)` in the box.

    If several calls of one request use the same `Rng`, they share one generator.
    """

    seed: int


class Formula:
    """A function as an argument, such as `Formula("lambda x: np.sum(c * x ** 2)", c=2.0)`.

    The box evaluates it, where student code can read it: so it holds no right answer.

    Args:
        text: the function in Python; it may use `np` and the constants.
        constants: numbers and arrays, by name.
    """

    def __init__(self, text: str, **constants: Any) -> None:
        self.text, self.constants = text, constants
        names = {"np": np, **constants}
        self._function: Callable[..., Any] = eval(_compiled(text), names)  # noqa: S307 — the judge's

    def __call__(self, *arguments: Any) -> Any:
        """The function's value."""
        return self._function(*arguments)


@lru_cache(maxsize=256)
def _compiled(text: str) -> CodeType:
    return compile(text, "<formula>", "eval")


@dataclass(frozen=True)
class Unknown:
    """Stands for a value whose type must not cross to the other side."""

    type_name: str


class Part(NamedTuple):
    """One array or text of a body.

    Args:
        dtype: numpy's name of the dtype with its byte order, or `utf8`.
        shape: of the array; of a text, its bytes.
        data: the bytes.
    """

    dtype: str
    shape: list[int]
    data: memoryview


@dataclass(frozen=True)
class Frame:
    """One frame as it was received.

    Args:
        header: with the keys `op`, `id`, `value` and `parts`.
        parts: the parts of the body, in the order of the header.
    """

    header: dict[str, Any]
    parts: list[Part]


def find_unknown(value: Any) -> Unknown | None:
    """The first `Unknown` anywhere inside a decoded value; None if there is none."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        return next(filter(None, map(find_unknown, value.values())), None)
    if isinstance(value, list | tuple):
        return next(filter(None, map(find_unknown, value)), None)
    return None


@dataclass
class Encoder:
    """Turns values into header trees, collecting body parts on the way.

    Args:
        callbacks: functions that the values hold are appended here. If it is None, a function
            becomes an `Unknown`.
        specs: dtype and shape of each body part.
        parts: the bytes of each body part.
    """

    callbacks: list[Callable[..., Any]] | None = None
    specs: list[list[str | int]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    _seen: dict[int, tuple[Any, int]] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The header tree of a value; anything outside the whitelist becomes ``unknown``.

        Args:
            value: any value.
            depth: how deeply it lies inside another value.
        """
        kind = type(value)
        if kind is np.ndarray:
            return self._encode_array(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return value if abs(value) < MAX_INT else {"unknown": "an enormous int"}
        if kind is str:
            return value if len(value) <= LONG_TEXT else {"text": self._add_text(value)}
        if isinstance(value, list | tuple | dict):
            return self._encode_container(value, depth)
        return self._encode_object(value)

    def _encode_container(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            return {"unknown": "a structure nested too deeply"}
        if isinstance(value, dict):
            kinds = set(map(type, value))
            if kinds <= {str}:
                return {"dict": {key: self.encode(item, depth + 1) for key, item in value.items()}}
            if kinds <= {str, int} and all(map(_is_key, value)):
                pairs = [[key, self.encode(item, depth + 1)] for key, item in value.items()]
                return {"pairs": pairs}
            return {"unknown": "dict with keys that are neither str nor moderate int"}
        items = [self.encode(item, depth + 1) for item in value]
        return {"list": items} if isinstance(value, list) else {"tuple": items}  # named tuples too

    def _encode_object(self, value: Any) -> Any:
        if isinstance(value, np.ma.MaskedArray):
            return {"unknown": "masked array"}
        if isinstance(value, np.ndarray | np.generic):
            return self._encode_array(value)
        if type(value) is complex:
            return {"complex": [value.real, value.imag]}
        if type(value) is Rng:
            return {"rng": [f"{id(value)}", value.seed]}
        if self.callbacks is not None and callable(value):
            return self._encode_function(value, self.callbacks)
        return {"unknown": type(value).__name__[:100]}

    def _encode_function(
        self, function: Callable[..., Any], callbacks: list[Callable[..., Any]]
    ) -> Any:
        """A function that comes again keeps its number, and is not described again."""
        number = self._numbers.setdefault(id(function), len(callbacks))
        if number < len(callbacks):
            return {"callback": number}
        callbacks.append(function)
        if type(function) is not Formula:
            return {"callback": number}
        return {"formula": [number, self.encode(function.text), self.encode(function.constants)]}

    def _encode_array(self, value: Any) -> Any:
        tag = "scalar" if isinstance(value, np.generic) else "array"
        if id(value) in self._seen:
            return {tag: self._seen[id(value)][1]}
        array = value if value.dtype in DTYPES else _in_known_dtype(value)
        if array.dtype not in DTYPES or array.ndim > MAX_NDIM:
            return {"unknown": f"array of dtype {array.dtype}"[:100]}
        index = self._add([DTYPES[array.dtype], *array.shape], array.tobytes())
        self._seen[id(value)] = (value, index)  # the value is kept, so its id stays its own
        return {tag: index}

    def _add_text(self, text: str) -> int:
        data = text.encode("utf-8", "replace")
        return self._add([TEXT, len(data)], data)

    def _add(self, spec: list[str | int], data: bytes) -> int:
        self.specs.append(spec)
        self.parts.append(data)
        return len(self.parts) - 1


def _is_key(key: Any) -> bool:
    """Whether a dict may have this key; thousands of enormous integers could share one hash."""
    return type(key) is str or (type(key) is int and abs(key) < MAX_INT)


def _in_known_dtype(value: Any) -> np.ndarray:
    """The array in little-endian order, with doubles for long doubles, which differ by machine."""
    if value.dtype.kind not in "biufc":
        return np.asarray(value)
    if value.dtype == np.longdouble:
        return np.asarray(value, np.float64)
    if value.dtype == np.clongdouble:
        return np.asarray(value, np.complex128)
    return np.asarray(value, value.dtype.newbyteorder("<"))


@dataclass
class Decoder:
    """Turns header trees back into fresh plain values.

    Args:
        frame: the frame that the trees belong to.
        make_rng: makes a generator from a seed; None refuses generators.
        make_callback: makes a function from its number; None refuses functions.
        make_formula: makes a function from its number, text and constants; None refuses formulas.
    """

    frame: Frame
    make_rng: Callable[[int], Any] | None = None
    make_callback: Callable[[int], Any] | None = None
    make_formula: Callable[[int, str, dict[str, Any]], Any] | None = None
    _nodes: int = 0
    _bytes: int = 0
    _rngs: dict[str, Any] = field(default_factory=dict)

    def start_afresh(self) -> None:
        """Count size and parts anew for the next value; generators go on drawing."""
        self._nodes = self._bytes = 0

    def decode(self, tree: Any, depth: int = 0) -> Any:
        """The value of a header tree.

        Args:
            tree: a part of the header.
            depth: how deeply it lies inside another tree.

        Raises:
            ProtocolError: something in the tree is not allowed, or a bound is exceeded.
        """
        self._nodes += 1
        if depth > MAX_DEPTH + 1 or self._nodes > MAX_NODES:
            raise ProtocolError("a value is nested too deeply or has too many parts")
        kind = type(tree)  # JSON gives no subclasses
        if kind is not dict:
            if kind is list:
                raise ProtocolError("a value has no tag")
            if kind is int and abs(tree) >= MAX_INT:
                raise ProtocolError("an enormous int")
            return tree
        if len(tree) != 1:
            raise ProtocolError("a value has no tag")
        ((tag, content),) = tree.items()
        if tag == "array":
            return self._array(content).copy()
        if tag == "list":
            return [self.decode(item, depth + 1) for item in _as_list(content)]
        if tag == "tuple":
            return tuple([self.decode(item, depth + 1) for item in _as_list(content)])
        if tag == "dict" and type(content) is dict:
            return {key: self.decode(item, depth + 1) for key, item in content.items()}
        if tag == "pairs":
            return dict([self._decode_pair(pair, depth) for pair in _as_list(content)])
        return self._decode_leaf(tag, content)

    def _decode_pair(self, pair: Any, depth: int) -> tuple[str | int, Any]:
        if type(pair) is not list or len(pair) != 2 or not _is_key(pair[0]):
            raise ProtocolError("a dict entry is not a pair")
        return pair[0], self.decode(pair[1], depth + 1)

    def _decode_leaf(self, tag: str, content: Any) -> Any:
        match tag, content:
            case ("scalar", _):
                return self._scalar(content)
            case ("text", _):
                return self._text(content)
            case ("complex", [float() as real, float() as imaginary]):
                return complex(real, imaginary)
            case ("rng", [str() as name, int() as seed]) if self.make_rng is not None:
                if name not in self._rngs:
                    self._rngs[name] = self.make_rng(seed)
                return self._rngs[name]
            case ("callback", int() as index) if self.make_callback is not None:
                return self.make_callback(index)
            case ("formula", [int() as index, text, constants]) if self.make_formula is not None:
                return self.make_formula(index, self.decode(text), self.decode(constants))
            case ("unknown", str() as name):
                return Unknown(name[:100])
        raise ProtocolError("a value has a tag that is not allowed here")

    def _part(self, index: Any) -> Part:
        if type(index) is not int or not 0 <= index < len(self.frame.parts):
            raise ProtocolError("a value refers to bytes that are not there")
        part = self.frame.parts[index]
        self._bytes += len(part.data)
        if self._bytes > MAX_DECODED_BYTES:
            raise ProtocolError("a value is too large")
        return part

    def _array(self, index: Any) -> np.ndarray:
        dtype, shape, data = self._part(index)
        if dtype == TEXT:
            raise ProtocolError("a text was sent where an array belongs")
        try:
            return np.frombuffer(data, dtype).reshape(shape)
        except ValueError as error:  # e.g. a shape whose strides overflow
            raise ProtocolError("an array has an impossible shape") from error

    def _scalar(self, index: Any) -> Any:
        array = self._array(index)
        if array.shape:
            raise ProtocolError("an array was sent where a scalar belongs")
        return array[()]

    def _text(self, index: Any) -> str:
        part = self._part(index)
        if part.dtype != TEXT:
            raise ProtocolError("an array was sent where a text belongs")
        return bytes(part.data).decode("utf-8", "replace")


def _as_list(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise ProtocolError("a sequence is not a list")
    return content
