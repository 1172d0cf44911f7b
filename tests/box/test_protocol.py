"""Frames: what survives the crossing, and what a hostile other side can do to the judge."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.box.channel import (
    Channel,
)
from grader.box.protocol import (
    DTYPES,
    MAX_DEPTH,
    Decoder,
    Encoder,
    Formula,
    Frame,
    Part,
    ProtocolError,
    Rng,
    Unknown,
    find_unknown,
)
from tests.kit.fuzzing import FUZZ
from tests.kit.values import same


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """The judge's channel, and the raw socket at its other end."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours, max_body_bytes=1 << 20)
    with theirs:
        yield channel, theirs
        channel.close()


def as_frame(value: Any, encoder: Encoder | None = None) -> tuple[Any, Frame]:
    """What the other side reads when a value is sent, headers through JSON."""
    encoder = encoder or Encoder()
    tree = json.loads(json.dumps(encoder.encode(value)))
    return tree, framed(*zip(encoder.specs, encoder.parts, strict=True))


def framed(*parts: tuple[list[Any], bytes]) -> Frame:
    return Frame({}, [Part(spec[0], spec[1:], memoryview(data)) for spec, data in parts])


def crossed(value: Any) -> Any:
    tree, frame = as_frame(value)
    return Decoder(frame).decode(tree)


def hostile(tree: Any, *parts: tuple[list[Any], bytes]) -> Any:
    """Decode a tree that no encoder would have written."""
    return Decoder(framed(*parts)).decode(tree)


dtypes = st.sampled_from(sorted(DTYPES, key=str))
arrays = dtypes.flatmap(
    lambda dtype: hnp.arrays(
        dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    )
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), 1 << 63)
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
    | arrays
    | arrays.filter(lambda array: array.size == 1).map(lambda array: array.reshape(-1)[0])
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-(1 << 63), 1 << 63), inner, max_size=3)
    ),
    max_leaves=10,
)


@pytest.mark.slow
@given(values)
@settings(max_examples=200 * FUZZ, deadline=None)
def test_plain_values_come_back_as_they_were(value: Any) -> None:
    assert same(crossed(value), value)


@given(hnp.arrays(np.float64, (3, 4)))
@settings(max_examples=20 * FUZZ, deadline=None)
def test_views_of_any_layout_and_byte_order_come_back_by_value(array: np.ndarray) -> None:
    for view in (array.T, array[::-2, 1:], array.astype(">f8"), np.broadcast_to(array, (2, 3, 4))):
        np.testing.assert_array_equal(crossed(view), view)


def test_a_decoded_array_is_a_fresh_writable_copy_each_time() -> None:
    array = np.zeros(3)
    left, right = crossed([array, array])
    left[0] = 1.0
    assert right[0] == array[0] == 0.0


def test_a_subclass_of_float_does_not_cross() -> None:
    class Liar(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = float.__hash__

    assert crossed(Liar(1.0)) == Unknown("Liar")


class Sneaky(np.ndarray):
    """An array that claims to equal everything."""

    def __eq__(self, other: object) -> Any:
        return np.ones(self.shape, bool)

    __hash__ = None


def test_a_subclass_of_ndarray_becomes_a_plain_array() -> None:
    assert type(crossed(np.arange(3.0).view(Sneaky))) is np.ndarray


def test_a_named_tuple_becomes_a_plain_tuple() -> None:
    pair = namedtuple("pair", "scores hidden")
    assert crossed(pair(1.0, [2.0])) == (1.0, [2.0])
    assert type(crossed(pair(1.0, 2.0))) is tuple


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array(["text"]),
        np.array(["2020-01-01"], "datetime64[D]"),
        np.zeros(1, [("a", "f8")]),
        np.ma.masked_array([1.0, 2.0], [False, True]),
        np.zeros((1,) * 20),
        {1.5: "float key"},
        {True: "bool key"},
        {(1, 2): "tuple key"},
        {1, 2},
        b"bytes",
        1 << 64,
        print,
        object(),
        range(3),
        iter("generator"),
        {1 << 64: "enormous key"},
        np.array(["text"], np.dtypes.StringDType()),
    ],
    ids=lambda value: str(getattr(value, "dtype", type(value).__name__)),
)
def test_what_must_not_cross_becomes_unknown(value: Any) -> None:
    assert isinstance(find_unknown({"deep": [(crossed(value),)]}), Unknown)


def test_a_structure_deeper_than_the_bound_becomes_unknown() -> None:
    value: Any = 1.0
    for _ in range(MAX_DEPTH + 10):
        value = [value]
    assert find_unknown(crossed(value)) == Unknown("a structure nested too deeply")


def test_a_list_that_contains_itself_ends() -> None:
    value: list[Any] = []
    value.append(value)
    assert isinstance(find_unknown(crossed(value)), Unknown)


def test_one_rng_in_two_calls_is_one_generator() -> None:
    rng = Rng(3)
    tree, frame = as_frame([rng, rng, Rng(3)])
    first, second, other = Decoder(frame, np.random.default_rng).decode(tree)
    assert first is second
    assert other is not first
    assert other.random() == first.random()


def test_a_callback_is_numbered_where_allowed_and_unknown_where_not() -> None:
    callbacks: list[Any] = []
    assert Encoder(callbacks).encode([abs]) == {"list": [{"callback": 0}]}
    assert callbacks == [abs]
    assert Encoder().encode(abs) == {"unknown": "builtin_function_or_method"}


def test_a_function_that_comes_again_keeps_its_number() -> None:
    callbacks: list[Any] = []
    tree = Encoder(callbacks).encode([len, abs, len])
    assert tree == {"list": [{"callback": 0}, {"callback": 1}, {"callback": 0}]}
    assert callbacks == [len, abs]


def test_a_formula_is_described_once() -> None:
    callbacks: list[Any] = []
    double = Formula("lambda x: c * x", c=2.0)
    tree = Encoder(callbacks).encode([abs, double, double])
    described = {"formula": [1, "lambda x: c * x", {"dict": {"c": 2.0}}]}
    assert tree == {"list": [{"callback": 0}, described, {"callback": 1}]}
    assert callbacks == [abs, double]
    assert Encoder().encode(double) == {"unknown": "Formula"}


def test_a_formula_is_made_only_where_one_is_expected() -> None:
    tree = {"formula": [3, "lambda x: c * x", {"dict": {"c": 2.0}}]}
    decoder = Decoder(framed(), make_formula=lambda *described: described)
    assert decoder.decode(tree) == (3, "lambda x: c * x", {"c": 2.0})
    with pytest.raises(ProtocolError, match="not allowed here"):
        Decoder(framed(), make_callback=abs).decode(tree)


F8 = ["<f8", 2]
TWO = bytes(16)
HOSTILE_TREES = {
    "no tag": {},
    "two tags": {"list": [], "tuple": []},
    "bare list": [1, 2],
    "unknown tag": {"pickle": 0},
    "list of a string": {"list": "abc"},
    "list of a dict": {"list": {"a": 1}},
    "index too large": {"array": 1},
    "index negative": {"array": -1},
    "index is text": {"array": "0"},
    "index is float": {"array": 0.0},
    "array taken for text": {"text": 0},
    "complex of one": {"complex": [1.0]},
    "complex of text": {"complex": ["1", "2"]},
    "generator": {"rng": ["a", 1]},
    "callback": {"callback": 0},
    "formula": {"formula": [0, "abs", {"dict": {}}]},
    "dict of pairs": {"dict": [["a", 1]]},
    "dict of null": {"dict": None},
    "dict of untagged values": {"dict": {"a": [1]}},
    "pairs of triples": {"pairs": [["a", 1, 2]]},
    "pairs with a list as key": {"pairs": [[["a"], 1]]},
    "pairs with true as key": {"pairs": [[True, 1]]},
    "pairs of null": {"pairs": None},
    "pairs with an enormous key": {"pairs": [[1 << 64, 1]]},
    "unknown of a number": {"unknown": 5},
}


@pytest.mark.parametrize("tree", HOSTILE_TREES.values(), ids=HOSTILE_TREES.keys())
def test_a_tree_that_no_encoder_writes_is_refused(tree: Any) -> None:
    with pytest.raises(ProtocolError):
        hostile(tree, (F8, TWO))


@pytest.mark.parametrize(
    "tree", [{"scalar": 0}, {"complex": [10**400, 0]}], ids=lambda tree: next(iter(tree))
)
def test_numbers_that_numpy_or_python_refuse_are_refused_as_protocol_errors(tree: Any) -> None:
    with pytest.raises(ProtocolError):
        hostile(tree, (F8, TWO))


def test_a_text_part_is_no_array() -> None:
    with pytest.raises(ProtocolError):
        hostile({"array": 0}, (["utf8", 2], b"ab"))


def test_an_int_too_large_for_a_float_is_refused_or_unknown() -> None:
    """The encoder never sends one, and float(value) would fail in the middle of our check."""
    try:
        value = hostile(10**400)
    except ProtocolError:
        return
    assert isinstance(value, Unknown)


@pytest.mark.slow
def test_many_references_to_one_part_do_not_multiply_it_without_end() -> None:
    """1 MiB sent once and referred to 4000 times would be 4 GiB on the judge's side."""
    part = (["|u1", 1 << 20], bytes(1 << 20))
    tree = {"list": [{"array": 0}] * 4000}
    with limited_address_space(1 << 30), pytest.raises(ProtocolError):
        hostile(tree, part)


def limited_address_space(extra: int) -> Any:
    """Let a decoder that copies without bound fail at once instead of filling the machine."""
    import contextlib
    import resource
    from pathlib import Path

    @contextlib.contextmanager
    def limited() -> Iterator[None]:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        before = resource.getrlimit(resource.RLIMIT_AS)
        bound = pages * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (bound, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    return limited()


TAGS = [
    *("list", "tuple", "dict", "pairs", "array", "scalar", "text", "complex", "rng"),
    *("callback", "formula", "unknown"),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(TAGS),
            inner,
            max_size=2,
        )
    ),
    max_leaves=15,
)


@pytest.mark.slow
@given(json_values)
@settings(max_examples=300 * FUZZ, deadline=None)
def test_any_json_tree_decodes_or_is_refused(tree: Any) -> None:
    with contextlib.suppress(ProtocolError):
        hostile(tree, (F8, TWO), (["utf8", 3], b"\xff\xfe\x00"))


def test_an_empty_array_of_an_absurd_shape_is_refused_or_harmless() -> None:
    spec = ["<f8", 0, 1 << 26, 1 << 26, 1 << 26]
    with contextlib.suppress(ProtocolError):
        assert hostile({"array": 0}, (spec, b"")).size == 0
