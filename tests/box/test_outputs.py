"""Cell outputs from the box: valid ones are kept, others are left out, and nothing raises."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.box.outputs import MAX_OUTPUTS, clean_outputs
from tests.kit.fuzzing import FUZZ

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()


def display(**data: Any) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def test_each_kind_of_output_comes_through() -> None:
    raw = [
        {"output_type": "stream", "name": "stdout", "text": "hello\n"},
        {"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["line"]},
        {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "3"},
            "metadata": {},
            "execution_count": 4,
        },
    ]
    assert clean_outputs(raw) == raw


def test_lines_of_a_picture_are_joined() -> None:
    wrapped = PNG[:10] + "\n" + PNG[10:] + "\n"
    assert clean_outputs([display(image_png=wrapped)])[0]["data"] == {"image/png": PNG}


@pytest.mark.parametrize(
    "image", ["not base64 !", base64.b64encode(b"GIF89a").decode(), "é", "", 5, None, [PNG]]
)
def test_what_is_no_png_is_no_picture(image: Any) -> None:
    assert clean_outputs([display(image_png=image)])[0]["data"] == {}


@pytest.mark.parametrize(
    "kind", ["application/javascript", "image/svg+xml", "text/x", "APPLICATION"]
)
def test_types_that_act_are_dropped(kind: str) -> None:
    raw = {"output_type": "display_data", "data": {kind: "x", "text/plain": "y"}}
    assert clean_outputs([raw])[0]["data"] == {"text/plain": "y"}


def test_metadata_of_the_box_is_not_kept() -> None:
    raw = {**display(text_plain="x"), "metadata": {"isolated": True}, "transient": {"a": 1}}
    assert clean_outputs([raw])[0]["metadata"] == {}
    assert "transient" not in clean_outputs([raw])[0]


def test_a_stream_that_is_neither_stdout_nor_stderr_is_dropped() -> None:
    assert clean_outputs([{"output_type": "stream", "name": "score", "text": "10"}]) == []


def test_only_so_many_outputs_are_kept() -> None:
    raw = [{"output_type": "stream", "name": "stdout", "text": "x"}] * (MAX_OUTPUTS + 10)
    assert len(clean_outputs(raw)) == MAX_OUTPUTS


def test_a_line_that_was_written_anew_shows_what_a_terminal_would() -> None:
    text = "0%\r50%\r100%\nnext\r\nlast 1\rlast 2\r"
    raw = [{"output_type": "stream", "name": "stderr", "text": text}]
    assert clean_outputs(raw)[0]["text"] == "100%\nnext\nlast 2"


@pytest.mark.parametrize(
    "error,is_told",
    [
        (("ModuleNotFoundError", "No module named 'scipy'"), True),
        (("ModuleNotFoundError", "mine"), False),
        (("ValueError", "No module named 'scipy'"), False),
    ],
)
def test_a_missing_library_is_told_with_those_that_are_there(
    error: tuple[str, str], is_told: bool
) -> None:
    name, text = error
    raw = {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
    (output,) = clean_outputs([raw])
    assert ("numpy, matplotlib, tqdm" in output["evalue"]) is is_told
    assert output["evalue"].startswith(text)
    assert output["traceback"] == [f"{name}: {output['evalue']}"]


def test_lone_surrogates_and_control_characters_are_dropped() -> None:
    raw = [{"output_type": "stream", "name": "stdout", "text": "a\x00\x07\ud800b\x1b[31m\tc\r\n"}]
    assert clean_outputs(raw)[0]["text"] == "ab\x1b[31m\tc\n"


@pytest.mark.parametrize("count", [True, 1.0, "1", [1], np.int64(1)], ids=repr)
def test_an_execution_count_that_is_no_int_is_dropped(count: Any) -> None:
    raw = {"output_type": "execute_result", "data": {}, "execution_count": count}
    assert clean_outputs([raw])[0]["execution_count"] is None


@pytest.mark.parametrize("raw", [None, 1, "stream", {}, (1,), [None, 1, "x", [], {}, {"a": 1}]])
def test_what_is_no_output_gives_none(raw: Any) -> None:
    assert clean_outputs(raw) == []


ARRAY = np.arange(3)
ERROR = {"output_type": "error", "ename": "E", "evalue": "v"}


@pytest.mark.parametrize(
    "raw",
    [
        {**ERROR, "traceback": 5},
        {**ERROR, "traceback": ARRAY},
        {"output_type": ARRAY, "name": "stdout", "text": "x"},
        {"output_type": "stream", "name": ARRAY, "text": "x"},
    ],
    ids=["number", "array", "type", "name"],
)
def test_arrays_and_numbers_in_odd_places_do_not_stop_the_grader(raw: Any) -> None:
    assert clean_outputs([raw]) in ([], [{**ERROR, "traceback": []}])


def test_a_cut_is_said_in_words() -> None:
    text = "[output cut off here: a cell may show at most 8 MiB in 400 pieces]\n"
    said = {"output_type": "stream", "name": "stdout", "text": text}
    assert clean_outputs([{"output_type": "cut", "mib": 8, "pieces": 400}]) == [said]


@pytest.mark.parametrize("mib", [None, "8", -1, 10**900, 8.5, True, [8]])
def test_a_cut_at_an_odd_limit_is_left_out(mib: Any) -> None:
    assert clean_outputs([{"output_type": "cut", "mib": mib, "pieces": 400}]) == []


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
text = st.text(max_size=20) | plain
outputs = st.fixed_dictionaries(
    {
        "output_type": st.sampled_from("stream error display_data execute_result cut".split())
        | plain,
        "name": st.sampled_from(["stdout", "stderr"]) | plain,
        "text": text,
        "data": st.dictionaries(st.sampled_from(["text/plain", "image/png", "x"]), text) | plain,
        "ename": text,
        "evalue": text,
        "traceback": st.lists(text, max_size=3) | st.text(max_size=3) | st.none(),
        "execution_count": plain,
    }
)


@pytest.mark.slow
@given(st.lists(outputs | plain, max_size=4))
@settings(max_examples=150 * FUZZ, deadline=None)
def test_whatever_comes_the_result_is_a_valid_notebook(raw: list[Any]) -> None:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "a",
        "metadata": {},
        "outputs": clean_outputs(raw),
        "source": "",
    }
    nbformat.validate({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_remark_is_said_in_words_and_quotes_a_bounded_line() -> None:
    (output,) = clean_outputs([{"output_type": "remark", "kind": "program", "what": "!" * 500}])
    text = f"[not run, since the grader runs no programs and installs nothing: {'!' * 100}]\n"
    assert output == {"output_type": "stream", "name": "stdout", "text": text}
    assert clean_outputs([{"output_type": "remark", "kind": "other", "what": "x"}]) == []
