"""Reading, writing and understanding notebooks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import notebook
from grader.notebook import dumps, loads

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def cell(**marks: Any) -> notebook.Cell:
    return {"cell_type": "code", "metadata": {"nbgrader": marks}, "source": ""}


def test_written_notebooks_look_as_jupyter_writes_them():
    import nbformat

    outputs = [
        nbformat.v4.new_output("stream", text="a\nb\n"),
        nbformat.v4.new_output(
            "display_data", data={"text/plain": "c\nd", "application/json": {"e": "f\n"}}
        ),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("# α\n\ntext", metadata={"b": 1, "a": 2}),
        nbformat.v4.new_code_cell("x = 1\ny = 2", outputs=outputs, execution_count=3),
        nbformat.v4.new_code_cell(""),
    ]
    text = nbformat.writes(nbformat.v4.new_notebook(cells=cells)) + "\n"
    assert dumps(loads(text)) == text


def test_sources_are_joined_and_line_ends_made_equal():
    data = {"cells": [{"cell_type": "code", "source": ["a\r\n", 7, "b\r", "c"]}]}
    assert loads(json.dumps(data))["cells"][0]["source"] == "a\nb\nc"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(encoding):
    data = '{"cells": [{"cell_type": "markdown", "source": "λ"}]}'.encode(encoding)
    assert loads(data)["cells"][0]["source"] == "λ"


def test_surrogates_are_joined_or_replaced():
    data = r'{"cells": [{"cell_type": "code", "source": ["\ud83d", "\ude00 \ud800"]}]}'
    assert loads(data)["cells"][0]["source"] == "😀 \ufffd"


def test_format_3_is_upgraded():
    sheet = {
        "cells": [
            {"cell_type": "heading", "level": 2, "source": ["Title"]},
            {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"},
            {"cell_type": "markdown", "source": "text"},
        ]
    }
    cells = loads(json.dumps({"nbformat": 3, "worksheets": [sheet]}))["cells"]
    assert [c["source"] for c in cells] == ["## Title", "x = 1\ny = 2", "text"]
    assert [c["cell_type"] for c in cells] == ["markdown", "code", "markdown"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"\xff\xfe\xff", "not UTF-8"),
        (b"\x80abc", "not UTF-8"),
        (b'{"cells": [', "not valid JSON at line 1"),
        (b"<<<<<<< HEAD\n", "not valid JSON"),
        (b"[1, 2]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data, reason):
    with pytest.raises(ValueError, match=reason):
        loads(data)


def test_absurd_numbers_do_not_stop_the_reader():
    data = '{"cells": [], "metadata": {"n": ' + "9" * 5000 + ', "x": NaN}, "metadata": {}}'
    assert loads(data)["cells"] == []


@pytest.mark.slow
@given(JSON)
def test_any_json_is_a_notebook_or_a_value_error(document):
    try:
        result = loads(json.dumps(document))
    except ValueError:
        return
    assert all(isinstance(c["source"], str) for c in result["cells"])


@pytest.mark.slow
@given(
    st.lists(JSON | st.fixed_dictionaries({"cell_type": JSON, "source": JSON, "metadata": JSON}))
)
def test_any_list_of_cells_is_read_and_written_again(cells):
    result = loads(json.dumps({"cells": cells}))
    for c in result["cells"]:
        assert c["cell_type"] in ("code", "markdown", "raw")
        notebook.question_of(c), notebook.points(c)
    dumps(result).encode()
    assert len(loads(dumps(result))["cells"]) == len(result["cells"])


def test_roles_follow_nbgrader():
    solution = cell(grade_id="forward", solution=True, grade=False, locked=False)
    check = cell(grade_id="test_forward", solution=False, grade=True, locked=True, points=6)
    manual = cell(grade_id="explain", solution=True, grade=True, points=4)
    fixed = cell(grade_id="setup", solution=False, grade=False, locked=True)
    cells = [solution, check, manual, fixed]
    assert [notebook.is_solution(c) for c in cells] == [True, False, True, False]
    assert [notebook.is_check(c) for c in cells] == [False, True, False, False]
    assert [notebook.is_manual(c) for c in cells] == [False, False, True, False]
    assert [notebook.is_locked(c) for c in cells] == [False, True, False, True]
    assert [notebook.points(c) for c in cells] == [None, 6, 4, None]
    questions = [notebook.question_of(c) for c in cells]
    assert questions == ["forward", "forward", "explain", None]


@pytest.mark.parametrize(
    "metadata", [None, [], 3, {"nbgrader": []}, {"nbgrader": {"grade_id": []}}]
)
def test_roles_survive_metadata_of_wrong_types(metadata):
    strange = {"cell_type": "code", "metadata": metadata, "source": ""}
    assert notebook.grade_id(strange) is None
    assert not notebook.is_solution(strange)
    assert notebook.question_of(strange) is None


def test_clear_outputs_leaves_the_original_alone():
    original = {"cells": [{"cell_type": "code", "outputs": [1], "execution_count": 2}]}
    assert notebook.clear_outputs(original)["cells"][0]["outputs"] == []
    assert original["cells"][0]["outputs"] == [1]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("Failed", "✗ loss: expected 1, got 2", "✗ loss: expected 1, got 2"),
        ("ValueError", "no", "ValueError: no"),
        ("SyntaxError", "no (<ipython-input-5-ce39>, line 1)", "SyntaxError: no (line 1)"),
    ],
)
def test_of_a_failed_check_its_sentence_is_told_alone(name: str, text: str, line: str) -> None:
    assert notebook.error_line({"ename": name, "evalue": text}) == line
