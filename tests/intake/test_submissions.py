"""Submissions in: repaired where it is certain, else rejected with a reason."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.ids import is_safe_student
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.rebuild import Intake, rebuild
from grader.intake.submissions import Submission, find_submissions, read_submission, with_content
from grader.notebook import Cell, Notebook, dumps, grade_id, is_solution, loads

STUBS = {
    "forward": "def forward(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "gates": "def add(x, y):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n\n\n"
    "def multiply(x, y):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
}
FORWARD = "def forward(x):\n    return 2 * x"
ADD = "def add(x, y):\n    return x + y"
MULTIPLY = "def multiply(x, y):\n    return x * y"


def make(name: str, source: str, kind: str = "code", **marks: Any) -> Cell:
    metadata = {"nbgrader": {"grade_id": name, **marks}} if marks else {}
    cell = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def solution(name: str) -> Cell:
    return make(name, STUBS[name], solution=True, grade=False, locked=False)


def check(name: str) -> Cell:
    source = f"assert {name}"
    return make(f"test_{name}", source, solution=False, grade=True, locked=True, points=2)


def release() -> Notebook:
    cells = [
        make("title", "# Title", "markdown"),
        make("setup", "import numpy as np", solution=False, grade=False, locked=True),
        solution("forward"),
        check("forward"),
        make("gates-text", "Now the gates.", "markdown"),
        solution("gates"),
        check("gates"),
        make("explain-text", "Why?", "markdown"),
        make("explain", "YOUR ANSWER HERE", "markdown", solution=True, grade=True, points=3),
        make("end", "The end.", "markdown"),
    ]
    return {"cells": cells, "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4}


def told(intake: Intake) -> tuple[str, ...]:
    return tuple(note.text for note in intake.notes)


def index(notebook: Notebook, name: str) -> int:
    return [cell["id"] for cell in notebook["cells"]].index(name)


def source(notebook: Notebook | None, name: str) -> str:
    assert notebook is not None
    return notebook["cells"][index(notebook, name)]["source"]


def answered(**answers: str) -> Notebook:
    notebook = release()
    for name, text in answers.items():
        notebook["cells"][index(notebook, name)]["source"] = text
    return notebook


def stripped(notebook: Notebook) -> Notebook:
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    return notebook


def protected(notebook: Notebook) -> list[str]:
    """Every cell that a student must not change, as the text it has in a file."""
    cells = [c for c in notebook["cells"] if not is_solution(c) and "grader" not in c["metadata"]]
    return [dumps({"cells": [cell]}) for cell in cells]


def test_an_honest_notebook_is_taken_without_notes():
    submitted = answered(forward=FORWARD, gates=f"{ADD}\n\n\n{MULTIPLY}", explain="Because.")
    intake = rebuild(submitted, release())
    assert intake.notebook == submitted
    assert intake.notes == ()


def test_everything_but_the_answers_is_ours():
    submitted = answered(forward=FORWARD, test_forward="score = 6", setup="import evil")
    submitted["metadata"] = {"kernelspec": {"name": "julia-1.9", "language": "julia"}}
    submitted["cells"][2]["metadata"]["nbgrader"]["points"] = 600
    submitted["cells"][2]["outputs"] = [{"output_type": "stream", "text": "6"}]
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(forward=FORWARD)
    assert told(intake) == (
        "Not an answer cell, so your changes to it do not count: setup, test_forward.",
    )


def test_blanks_at_line_ends_are_no_change():
    submitted = answered(setup="import numpy as np  \n", forward=STUBS["forward"] + "\n")
    intake = rebuild(submitted, release())
    assert (intake.notebook, intake.notes) == (release(), ())


def test_a_deleted_answer_cell_counts_as_not_answered():
    submitted = answered(gates=f"{ADD}\n{MULTIPLY}")
    del submitted["cells"][index(submitted, "forward")]
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "forward") == STUBS["forward"]
    assert told(intake) == ("Missing from your notebook, so counted as not answered: forward.",)


def test_deleted_checks_and_prose_come_back_silently():
    submitted = answered(forward=FORWARD)
    submitted["cells"] = [c for c in submitted["cells"] if is_solution(c)]
    intake = rebuild(submitted, release())
    assert (intake.notebook, intake.notes) == (answered(forward=FORWARD), ())


@pytest.mark.parametrize("stub_last", [True, False])
def test_of_a_duplicated_cell_the_changed_one_counts(stub_last):
    submitted = answered(forward=FORWARD)
    submitted["cells"].insert(3 if stub_last else 2, deepcopy(release()["cells"][2]))
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(forward=FORWARD)
    assert "more than once" in told(intake)[0]


def test_of_several_changed_duplicates_the_last_counts():
    submitted = answered(forward="def forward(x):\n    return 1")
    submitted["cells"].insert(3, answered(forward=FORWARD)["cells"][2])
    assert source(rebuild(submitted, release()).notebook, "forward") == FORWARD


def test_a_split_cell_is_joined_again():
    submitted = answered(gates=ADD)
    submitted["cells"].insert(6, answered(gates=MULTIPLY)["cells"][5])
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "gates") == f"{ADD}\n{MULTIPLY}"
    assert told(intake) == ("Split over several cells, which were joined again: gates.",)


def test_a_function_split_in_its_middle_is_joined_again():
    submitted = answered(forward="def forward(x):")
    submitted["cells"].insert(3, answered(forward="    return 2 * x")["cells"][2])
    assert source(rebuild(submitted, release()).notebook, "forward") == FORWARD


FIRST_HALF, SECOND_HALF = (
    "def forward(x):\n    y = x",
    "    if x is None:\n        return 0\n    return 2 * y",
)


@pytest.mark.parametrize("unlabelled", [0, 1])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST_HALF, SECOND_HALF),
        ("def forward(x):", "    y = 2 * x\n    return y"),
        ("def forward(x):  # TODO\n    if True:", "\n\n        return 2 * x"),
    ],
)
def test_a_function_cut_in_two_is_joined_though_a_half_lost_its_label(first, second, unlabelled):
    submitted = answered(forward=first, gates=f"{ADD}\n{MULTIPLY}")
    submitted["cells"].insert(3, answered(forward=second)["cells"][2])
    submitted["cells"][2 + unlabelled] = make("x", submitted["cells"][2 + unlabelled]["source"])
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "forward") == f"{first}\n{second}"
    assert len(intake.notebook["cells"]) == len(release()["cells"])
    assert told(intake) == ("Split over several cells, which were joined again: forward.",)


@pytest.mark.parametrize(
    "follower",
    ["    print(forward(3))", "    def other(x):\n        return 1", "x = 1", "  \n# nothing"],
)
def test_a_cell_that_can_stand_alone_is_not_joined(follower):
    submitted = answered(forward=FORWARD)
    submitted["cells"].insert(3, make("x", follower))
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "forward") == FORWARD
    assert intake.notebook["cells"][3]["source"] == follower


def test_merged_answer_cells_are_graded_where_they_are():
    submitted = answered(forward=f"{FORWARD}\n{ADD}\n{MULTIPLY}")
    del submitted["cells"][index(submitted, "gates")]
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "gates") == "# defined in another answer cell: add, multiply"
    assert told(intake)[0].startswith("Found merged")


def test_reordered_cells_are_put_back():
    submitted = answered(forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}")
    submitted["cells"].reverse()
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}")
    assert "another order" in told(intake)[0]


def test_code_turned_into_text_is_turned_back():
    submitted = answered(forward=FORWARD)
    submitted["cells"][2]["cell_type"] = "markdown"
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(forward=FORWARD)
    assert "restored: forward" in told(intake)[0]


def test_cells_without_labels_are_recognised_by_what_they_define():
    answers = answered(forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}", explain="Because.")
    intake = rebuild(stripped(deepcopy(answers)), release())
    assert intake.notebook == answers
    assert told(intake) == (
        "Had lost its label, and was recognised by what it contains: forward, gates, explain.",
    )


def test_cells_are_recognised_by_cell_id_also_where_colab_keeps_it():
    submitted = answered(forward="forward = abs")
    for cell in submitted["cells"]:
        cell["metadata"] = {"id": cell.pop("id")}
    assert source(rebuild(submitted, release()).notebook, "forward") == "forward = abs"


def test_a_written_answer_is_not_guessed_between_two_texts():
    submitted = stripped(answered(forward=FORWARD, explain="Because."))
    submitted["cells"].insert(8, make("x", "My notes", "markdown"))
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "explain") == "YOUR ANSWER HERE"
    kept = [c["source"] for c in intake.notebook["cells"] if "grader" in c["metadata"]]
    assert kept == ["My notes", "Because."]


def test_different_written_answers_are_all_kept():
    submitted = answered(explain="First.")
    submitted["cells"].insert(9, answered(explain="Second.")["cells"][8])
    assert source(rebuild(submitted, release()).notebook, "explain") == "First.\n\nSecond."


def test_only_images_may_be_attached_to_a_written_answer():
    submitted = answered(explain="![](attachment:a.png)")
    submitted["cells"][8]["attachments"] = {
        "a.png": {"image/png": "iVBORw0KGgo=", "text/html": "<script>"},
        '"><script>': {"image/png": "iVBO"},
        "b.png": {"image/png": '"><script>'},
    }
    cell = rebuild(submitted, release()).notebook["cells"][8]
    assert cell["attachments"] == {"a.png": {"image/png": "iVBORw0KGgo="}, "b.png": {}}


def test_added_cells_stay_after_the_cell_they_followed():
    submitted = answered(forward=FORWARD)
    submitted["cells"].insert(3, make("mine", "print(forward(1))"))
    submitted["cells"].insert(4, make("raw", "<script>", "raw"))
    submitted["cells"].insert(0, make("top", "hello", "markdown"))
    submitted["cells"].append(make("empty", "  \n"))
    intake = rebuild(submitted, release())
    added = [c for c in intake.notebook["cells"] if c["metadata"] == {"grader": {"added": True}}]
    assert [c["id"] for c in added] == ["added-1", "added-2", "added-3"]
    assert [c["cell_type"] for c in added] == ["markdown", "code", "markdown"]
    assert [c["source"] for c in intake.notebook["cells"]][:5] == [
        "hello",
        "# Title",
        "import numpy as np",
        FORWARD,
        "print(forward(1))",
    ]
    assert intake.notes == ()


def test_a_changed_copy_of_a_check_is_the_students_own_cell():
    submitted = answered(forward=FORWARD)
    copy = {**check("forward"), "source": "print(forward(3))"}
    submitted["cells"].insert(3, copy)
    intake = rebuild(submitted, release())
    assert [c["source"] for c in intake.notebook["cells"]][3:5] == [
        "print(forward(3))",
        "assert forward",
    ]
    assert intake.notebook["cells"][3]["metadata"] == {"grader": {"added": True}}
    assert intake.notes == ()


def test_a_notebook_of_another_assignment_is_rejected():
    other = {"cells": [make("title", "# Title", "markdown"), make("a", "def other(): pass")]}
    intake = rebuild(other, release())
    assert intake.notebook is None
    assert intake.rejection == "None of this assignment's cells is in the notebook."


ALL = {"forward": FORWARD, "gates": f"{ADD}\n\n\n{MULTIPLY}", "explain": "Because é 😀."}


def as_data() -> Any:
    """A file as Jupyter saves it, read as plain JSON."""
    return json.loads(dumps({**answered(**ALL), "nbformat_minor": 5}))


def from_format_3(document: Any) -> bytes:
    cells = [
        {**cell, "input": cell["source"], "language": "python", "prompt_number": 3}
        if cell["cell_type"] == "code"
        else cell
        for cell in document["cells"]
    ]
    for cell in cells:
        cell.pop("source") if cell["cell_type"] == "code" else None
        cell.pop("id")
    sheets = [{"cells": cells[:4], "metadata": {}}, {"cells": cells[4:]}]
    old = {"worksheets": sheets, "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    return json.dumps(old).encode()


def from_format_4_0(document: Any) -> bytes:
    for cell in document["cells"]:
        del cell["id"]
    return json.dumps({**document, "nbformat_minor": 0}).encode()


def with_windows_line_ends(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]
    return json.dumps(document, indent=1).replace("\n", "\r\n").encode()


def with_old_mac_line_ends(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r")
    return json.dumps(document).encode()


def with_odd_values(document: Any) -> bytes:
    """Numbers that are none, or too long for Python, and a key that is given twice."""
    document["metadata"] = {"a": 1, "x": "HERE"}
    for cell in document["cells"]:
        cell["metadata"] |= {"x": "HERE"}
        cell["execution_count"] = "HERE"
    text = json.dumps(document).replace('"x": "HERE"', '"x": NaN, "x": -Infinity, "y": [1e999]')
    return text.replace('"HERE"', "9" * 5000).encode()


def from_colab(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost:8080/"}}
    return json.dumps({**document, "metadata": {"colab": {"provenance": []}}}).encode()


def from_vs_code(document: Any) -> bytes:
    for number, cell in enumerate(document["cells"]):
        cell["metadata"] = {"vscode": {"languageId": "python"}}
        cell["id"] = f"{number:08x}"
    return json.dumps({**document, "metadata": {"kernelspec": {"name": ".venv"}}}).encode()


def with_wrong_kernel(document: Any) -> bytes:
    kernel = {"display_name": "C:\\Users\\zoe\\env", "name": "julia-1.9", "language": "julia"}
    return json.dumps({**document, "metadata": {"kernelspec": kernel}}).encode()


def with_forgeries(document: Any) -> bytes:
    """Outputs that were never printed, points and locks that nobody gave, and much of it."""
    passed = {"output_type": "execute_result", "data": {"text/plain": "9"}, "execution_count": 1}
    for cell in document["cells"]:
        cell["metadata"].setdefault("nbgrader", {}).update(points=900, locked=False, checksum="0")
        cell["metadata"]["bomb"] = ["x" * 100] * 1000
        if cell["cell_type"] == "code":
            cell |= {"outputs": [passed] * 100, "attachments": {"a.png": {"image/png": "iVBO"}}}
    return json.dumps(document).encode()


def with_text_as_one_string(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"])
    return json.dumps(document).encode()


def with_escaped_surrogates(document: Any) -> bytes:
    """A pair is a character; what has lost its other half is shown as lost."""
    for cell in document["cells"]:
        cell["metadata"]["lone"] = "\ud800"
    return json.dumps(document, ensure_ascii=True).encode()


EDITORS = [
    from_format_3,
    from_format_4_0,
    with_windows_line_ends,
    with_old_mac_line_ends,
    with_odd_values,
    from_colab,
    from_vs_code,
    with_wrong_kernel,
    with_forgeries,
    with_text_as_one_string,
    with_escaped_surrogates,
    lambda document: b"\xef\xbb\xbf" + json.dumps(document, ensure_ascii=False).encode(),
    lambda document: json.dumps(document, ensure_ascii=False).encode("utf-16"),
    lambda document: b"\xfe\xff" + json.dumps(document).encode("utf-16-be"),
]


@pytest.mark.parametrize("edit", EDITORS)
def test_whatever_an_editor_makes_of_a_notebook_the_answers_are_the_same(course, edit):
    hand_in(course, "zoe", edit(as_data()))
    intake = read_only_one(course)
    assert intake.notebook == answered(**ALL)
    recognised = edit is from_vs_code
    assert [note.partition(",")[0] for note in told(intake)] == ["Had lost its label"] * recognised


def test_lone_surrogates_in_an_answer_become_something_that_can_be_stored(course):
    data = dumps(answered(forward="PLACE")).replace("PLACE", "x = '\\ud800'").encode()
    hand_in(course, "zoe", data)
    assert source(read_only_one(course).notebook, "forward") == "x = '\ufffd'"


def test_a_written_answer_turned_into_code_is_turned_back_and_never_executed():
    submitted = answered(explain="import os")
    submitted["cells"][8] |= {"cell_type": "code", "outputs": []}
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(explain="import os")
    assert "restored: explain" in told(intake)[0]


def test_a_label_of_another_question_does_not_undo_that_question():
    """The check cell and a stray cell both claim to be `forward`."""
    submitted = answered(forward=FORWARD)
    for cell in (submitted["cells"][3], submitted["cells"][6]):
        cell["metadata"] = {"nbgrader": {"grade_id": "forward", "solution": True}}
        cell["id"] = "forward"
    intake = rebuild(submitted, release())
    assert protected(intake.notebook) == protected(release())
    assert "forward" in told(intake)[0]
    assert sum("grader" in c["metadata"] for c in intake.notebook["cells"]) == 0


def test_a_cell_that_calls_itself_another_assignments_is_an_added_one():
    submitted = answered(forward=FORWARD)
    stranger = make("stranger", "print(1)", solution=True, grade=True, points=100)
    submitted["cells"].insert(3, stranger)
    intake = rebuild(submitted, release())
    assert intake.notebook["cells"][3]["metadata"] == {"grader": {"added": True}}


NAMES = st.sampled_from(["forward", "gates", "explain", "setup", "test_forward", "other"])
SOURCES = st.sampled_from([FORWARD, ADD, MULTIPLY, "Why?", "", *STUBS.values()]) | st.text()
CELLS = st.builds(
    lambda kind, name, cell_id, text, marks: {
        "cell_type": kind,
        "id": cell_id,
        "metadata": {"nbgrader": {"grade_id": name, **marks}},
        "source": text,
    },
    st.sampled_from(["code", "markdown", "raw", "heading", 3]),
    NAMES | st.none() | st.lists(st.integers()),
    NAMES | st.none() | st.integers(),
    SOURCES | st.lists(SOURCES | st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(["grade", "solution", "points"]), st.booleans() | st.text()),
)


@given(st.lists(CELLS | st.none() | st.lists(st.text()), max_size=12))
def test_whatever_is_submitted_protected_cells_are_the_releases(cells):
    intake = rebuild(loads(json.dumps({"cells": cells})), release())
    if intake.rejection is None:
        assert protected(intake.notebook) == protected(release())
        ids = [cell["id"] for cell in intake.notebook["cells"]]
        assert len(ids) == len(set(ids))
        ours = [grade_id(c) for c in intake.notebook["cells"] if "grader" not in c["metadata"]]
        assert ours == [grade_id(c) for c in release()["cells"]]
        dumps(intake.notebook).encode()
    assert rebuild(loads(json.dumps({"cells": cells})), release()) == intake


KEYS = st.sampled_from(
    "cells cell_type source metadata nbgrader grade_id solution id attachments outputs "
    "worksheets input level nbformat kernelspec".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | KEYS, inner, max_size=4)
    ),
    max_leaves=8,
)


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every container in a JSON document, with each of its keys."""
    keys = document.keys() if isinstance(document, dict) else range(len(document))
    found = [(document, key) for key in keys]
    for key in keys:
        if isinstance(document[key], dict | list):
            found += places(document[key])
    return found


@given(st.data())
def test_any_change_to_the_json_ends_in_an_intake(tmp_path_factory, data):
    """A part is replaced, removed, repeated or moved; the text is cut off; a byte is flipped."""
    document = as_data()
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(document)))
        change = data.draw(st.sampled_from(["replace", "remove", "repeat", "move"]))
        if change == "replace":
            container[key] = data.draw(JSON)
        elif change == "remove":
            del container[key]
        elif isinstance(container, list):
            part = container[key] if change == "repeat" else container.pop(key)
            container.insert(data.draw(st.integers(0, len(container))), deepcopy(part))
        if not places(document):
            break
    raw = bytearray(json.dumps(document).encode())
    if data.draw(st.integers(0, 3)) == 0:
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    elif data.draw(st.integers(0, 3)) == 0:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("any") / "net.ipynb"
    path.write_bytes(raw)
    intake = read_submission(Submission("zoe", "net", path), release())
    assert (intake.notebook is None) == bool(intake.rejection)
    if intake.notebook is not None:
        assert protected(intake.notebook) == protected(release())
        dumps(intake.notebook).encode()
    assert all(text.isprintable() for text in (*told(intake), intake.rejection or ""))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    text = "name: c\nseed: 1\nassignments: [{id: net, title: t, questions: {forward: 2}}]\n"
    (tmp_path / "course.yml").write_text(text)
    return Course.load(tmp_path)


def hand_in(course: Course, student: str, data: bytes | None = None, name: str = "net") -> Path:
    path = course.submitted_dir / student / "net" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dumps(answered(forward=FORWARD)).encode() if data is None else data)
    return path


def read_only_one(course: Course) -> Any:
    (submission,) = find_submissions(course, "net")
    return read_submission(submission, release())


def test_submissions_are_listed_by_student(course):
    for student in ("zoe", "adam"):
        hand_in(course, student)
    (course.submitted_dir / "zoe" / "other").mkdir()
    (course.submitted_dir / "README").write_text("not a student")
    assert [s.student for s in find_submissions(course, "net")] == ["adam", "zoe"]
    assert [s.student for s in find_submissions(course, "net", ["zoe"])] == ["zoe"]


def test_no_submissions_at_all_is_an_empty_list(course):
    assert find_submissions(course, "net") == []


def test_asking_for_a_student_without_submission_is_wrong_use(course):
    hand_in(course, "zoe")
    with pytest.raises(UsageError, match="adam"):
        find_submissions(course, "net", ["adam"])


def test_a_renamed_notebook_is_graded_with_a_note(course):
    hand_in(course, "zoe", name="net (1)")
    intake = read_only_one(course)
    assert intake.notebook == answered(forward=FORWARD)
    assert told(intake) == ("Your notebook is named net (1).ipynb; it was graded as net.ipynb.",)


def test_the_right_name_wins_over_other_notebooks(course):
    hand_in(course, "zoe")
    hand_in(course, "zoe", b"junk", name="scratch")
    assert read_only_one(course).notes == ()


def test_several_renamed_notebooks_are_not_chosen_from(course):
    hand_in(course, "zoe", name="a")
    hand_in(course, "zoe", name="b")
    assert "There are 2 notebooks, and none is named net.ipynb" in read_only_one(course).rejection


def test_an_empty_folder_is_rejected(course):
    hand_in(course, "zoe").unlink()
    assert read_only_one(course).rejection == "There is no notebook net.ipynb."


@pytest.mark.parametrize(
    "student", [".zoe", "-zoe", "=1+1", "zoé", "a b", "x" * 65, "a\nb", "@zoe"]
)
def test_student_ids_outside_the_safe_alphabet_are_rejected(course, student):
    hand_in(course, student)
    assert "student id" in read_only_one(course).rejection


def test_a_file_name_outside_the_safe_alphabet_is_rejected(course):
    hand_in(course, "zoe", name="<script>")
    assert "file name" in read_only_one(course).rejection


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"[" * 100_000, b"null"])
def test_what_is_no_notebook_is_rejected(course, content):
    hand_in(course, "zoe", content)
    assert "cannot be read" in read_only_one(course).rejection


def test_sizes_are_bounded(course, monkeypatch):
    hand_in(course, "zoe")
    monkeypatch.setattr("grader.intake.submissions.MAX_CELLS", 5)
    assert "more than 5 cells" in read_only_one(course).rejection
    monkeypatch.setattr("grader.intake.submissions.MAX_BRACKETS", 5)
    assert "far more parts" in read_only_one(course).rejection
    monkeypatch.setattr("grader.intake.submissions.MAX_BYTES", 50)
    assert "larger than" in read_only_one(course).rejection


def test_the_digest_follows_the_content_and_never_fails(course):
    path = hand_in(course, "zoe")
    (submission,) = find_submissions(course, "net")
    before = with_content(submission).digest
    assert with_content(submission).digest == before
    path.write_bytes(b"other")
    changed = with_content(submission).digest
    path.unlink()
    path.symlink_to("/dev/zero")
    assert len({before, changed, with_content(submission).digest}) == 3


def linked_file(path: Path, victim: Path) -> None:
    path.unlink()
    path.symlink_to(victim)


def linked_folder(path: Path, victim: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(victim.parent, target_is_directory=True)


def linked_student(path: Path, victim: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.parent.rmdir()
    path.parent.parent.symlink_to(victim.parent.parent, target_is_directory=True)


@pytest.mark.parametrize("link", [linked_file, linked_folder, linked_student])
def test_links_to_another_submission_are_rejected(course, link):
    victim = hand_in(course, "adam")
    link(hand_in(course, "mallory"), victim)
    adam, mallory = find_submissions(course, "net")
    assert read_submission(adam, release()).rejection is None
    assert "link" in read_submission(mallory, release()).rejection


def test_a_hard_link_is_an_ordinary_file(course):
    path = hand_in(course, "zoe")
    os.link(path, course.root / "elsewhere")
    assert read_only_one(course).rejection is None


@pytest.mark.parametrize(
    "make_special", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")]
)
def test_what_is_no_ordinary_file_is_rejected(course, make_special):
    path = hand_in(course, "zoe")
    path.unlink()
    make_special(path)
    assert "ordinary file" in read_only_one(course).rejection


def socket_file(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK)


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make_special", [os.mkfifo, socket_file, loop, os.mkdir, Path.touch])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_no_level_of_the_path_may_be_anything_odd(course, make_special, level):
    """The notebook, its folder, the student's folder: none of them hangs or stops a class."""
    hand_in(course, "adam")
    path = hand_in(course, "mallory")
    odd = [path, *path.parents][level]
    shutil.rmtree(odd) if odd.is_dir() else odd.unlink()
    make_special(odd)
    found = {s.student: read_submission(s, release()) for s in find_submissions(course, "net")}
    assert found["adam"].rejection is None
    assert level == 2 or found["mallory"].rejection
    assert not found.get("mallory", found["adam"]).notes


def test_a_time_in_a_fifo_is_unknown(course):
    os.mkfifo(hand_in(course, "zoe").parent / "timestamp.txt")
    assert find_submissions(course, "net")[0].submitted_at is None


def test_a_hundred_gigabytes_are_not_read(course):
    path = hand_in(course, "zoe")
    os.truncate(path, 100 << 30)
    start = time.monotonic()
    assert "larger than 16 MiB" in read_only_one(course).rejection
    (submission,) = find_submissions(course, "net")
    assert len(with_content(submission).digest) == 64
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "name",
    [
        b"\x1b[31mred",
        b"a\nb",
        b"a\x7f",
        b"\xff\xfe",
        "\u202egpj".encode(),
        b"[bold]net",
        b"-rf",
        b"=1+1",
        b"x" * 150,
        "né".encode(),
        b"a;b",
        b"$(id)",
    ],
)
def test_unusable_names_are_refused_and_never_repeated(course, name):
    """As the name of the file, and as the name of the student."""
    file = hand_in(course, "zoe")
    file.rename(file.parent / os.fsdecode(name + b".ipynb"))
    student = hand_in(course, "student").parents[1]
    student.rename(student.parent / os.fsdecode(name))
    for submission in find_submissions(course, "net"):
        refusal = read_submission(submission, release()).rejection
        assert "name is not usable" in refusal or "is no student id" in refusal
        assert refusal.isascii()
        assert refusal.isprintable()
        assert is_safe_student(submission.student)
        assert len(with_content(submission).digest) == 64


def test_a_hundred_thousand_cells_are_rejected(course):
    cells = [{"cell_type": "code", "source": "1"}] * 100_000
    hand_in(course, "zoe", json.dumps({"cells": cells}).encode())
    assert "more than 2000 cells" in read_only_one(course).rejection


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": {"0": {"cell_type": "code"}}}',
        b'{"cells": 10}',
        b'{"worksheets": {}}',
        b'{"cells": [' + b'{"metadata": ' * 5000,
        b'{"cells": ' + b"[" * 999_999 + b"]" * 999_999 + b"}",
        b'{"cells": []} trailing',
        b"<html>Please log in</html>",
        "{'cells': []}".encode("utf-32"),
        b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n]}',
    ],
)
def test_what_only_looks_like_a_notebook_is_rejected(course, data):
    hand_in(course, "zoe", data)
    assert "cannot be read: " in read_only_one(course).rejection


def test_a_notebook_anywhere_else_can_be_read_too(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "mine.ipynb").write_text(dumps(release()))
    for path in (tmp_path / "link" / "mine.ipynb", Path("mine.ipynb")):
        monkeypatch.chdir(tmp_path / "real")
        intake = read_submission(Submission("me", "net", path), release())
        assert intake.notebook == release()


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2024-02-03 15:58:23.948203 UTC", datetime(2024, 2, 3, 15, 58, 23, 948203, UTC)),
        ("2024-02-03 15:58:23 America/New_York\n", datetime(2024, 2, 3, 20, 58, 23, 0, UTC)),
        ("2024-02-03T15:58:23+01:00", datetime(2024, 2, 3, 14, 58, 23, 0, UTC)),
        ("2024-02-03 15:58:23", datetime(2024, 2, 3, 15, 58, 23, 0, UTC)),
    ],
)
def test_the_time_of_nbgraders_timestamp_counts(course, stamp, expected):
    (hand_in(course, "zoe").parent / "timestamp.txt").write_text(stamp)
    assert find_submissions(course, "net")[0].submitted_at == expected


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"yesterday",
        b"\xff\xfe",
        b"2024-13-45 99:00:00 UTC",
        b"0001-01-01 00:00:00 +14:00",
        b"2024-02-03 15:58:23 ../../etc/passwd",
        b"2024-02-03 15:58:23 Nowhere/Atlantis",
        b"9000-01-01 00:00:00 UTC",
        b"2024-02-03 15:58:23 UTC" + b" " * 1000 + b"x",
    ],
)
def test_without_a_valid_timestamp_the_time_is_unknown(course, stamp):
    path = hand_in(course, "zoe")
    (path.parent / "timestamp.txt").write_bytes(stamp)
    assert find_submissions(course, "net")[0].submitted_at is None


@given(st.binary(max_size=200))
def test_any_bytes_end_in_an_intake(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "net.ipynb"
    path.write_bytes(data)
    intake = read_submission(Submission("zoe", "net", path), release())
    assert (intake.notebook is None) == (intake.rejection is not None)
