"""Submissions in: repaired where it is certain, else rejected with a reason."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course import Course
from grader.errors import UsageError
from grader.intake import (
    Submission,
    content_digest,
    find_submissions,
    read_submission,
    rebuild,
)
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
    assert intake.notes == (
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
    assert intake.notes == ("Missing from your notebook, so counted as not answered: forward.",)


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
    assert "more than once" in intake.notes[0]


def test_of_several_changed_duplicates_the_last_counts():
    submitted = answered(forward="def forward(x):\n    return 1")
    submitted["cells"].insert(3, answered(forward=FORWARD)["cells"][2])
    assert source(rebuild(submitted, release()).notebook, "forward") == FORWARD


def test_a_split_cell_is_joined_again():
    submitted = answered(gates=ADD)
    submitted["cells"].insert(6, answered(gates=MULTIPLY)["cells"][5])
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "gates") == f"{ADD}\n{MULTIPLY}"
    assert intake.notes == ("Split over several cells, which were joined again: gates.",)


def test_a_function_split_in_its_middle_is_joined_again():
    submitted = answered(forward="def forward(x):")
    submitted["cells"].insert(3, answered(forward="    return 2 * x")["cells"][2])
    assert source(rebuild(submitted, release()).notebook, "forward") == FORWARD


def test_merged_answer_cells_are_graded_where_they_are():
    submitted = answered(forward=f"{FORWARD}\n{ADD}\n{MULTIPLY}")
    del submitted["cells"][index(submitted, "gates")]
    intake = rebuild(submitted, release())
    assert source(intake.notebook, "gates") == "# defined in another answer cell: add, multiply"
    assert intake.notes[0].startswith("Found merged")


def test_reordered_cells_are_put_back():
    submitted = answered(forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}")
    submitted["cells"].reverse()
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}")
    assert "another order" in intake.notes[0]


def test_code_turned_into_text_is_turned_back():
    submitted = answered(forward=FORWARD)
    submitted["cells"][2]["cell_type"] = "markdown"
    intake = rebuild(submitted, release())
    assert intake.notebook == answered(forward=FORWARD)
    assert "restored: forward" in intake.notes[0]


def test_cells_without_labels_are_recognised_by_what_they_define():
    answers = answered(forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}", explain="Because.")
    intake = rebuild(stripped(deepcopy(answers)), release())
    assert intake.notebook == answers
    assert intake.notes == (
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
    assert intake.notes == ("Your notebook is named net (1).ipynb; it was graded as net.ipynb.",)


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
    monkeypatch.setattr("grader.intake.MAX_CELLS", 5)
    assert "more than 5 cells" in read_only_one(course).rejection
    monkeypatch.setattr("grader.intake.MAX_BRACKETS", 5)
    assert "far more parts" in read_only_one(course).rejection
    monkeypatch.setattr("grader.intake.MAX_BYTES", 50)
    assert "larger than" in read_only_one(course).rejection


def test_the_digest_follows_the_content_and_never_fails(course):
    path = hand_in(course, "zoe")
    (submission,) = find_submissions(course, "net")
    before = content_digest(submission)
    assert content_digest(submission) == before
    path.write_bytes(b"other")
    changed = content_digest(submission)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert len({before, changed, content_digest(submission)}) == 3


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
