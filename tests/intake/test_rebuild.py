"""A student's answers are put into the release, if it is certain which cell each belongs to."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.rebuild import rebuild
from grader.notebook import dumps, grade_id, is_solution, loads
from tests.kit.notebooks import answered, make_cell
from tests.kit.submissions import (
    ADD,
    FORWARD,
    MULTIPLY,
    NAMES,
    RELEASE,
    STUBS,
    check,
    index,
    protected,
    repaired,
    source,
    stripped,
    told,
)


def test_an_honest_notebook_is_taken_without_notes():
    submitted = answered(
        RELEASE, forward=FORWARD, gates=f"{ADD}\n\n\n{MULTIPLY}", explain="Because."
    )
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == submitted
    assert intake.notes == ()


def test_everything_but_the_answers_is_ours():
    submitted = answered(RELEASE, forward=FORWARD, test_forward="score = 6", setup="import evil")
    submitted["metadata"] = {"kernelspec": {"name": "julia-1.9", "language": "julia"}}
    submitted["cells"][2]["metadata"]["nbgrader"]["points"] = 600
    submitted["cells"][2]["outputs"] = [{"output_type": "stream", "text": "6"}]
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == answered(RELEASE, forward=FORWARD)
    assert told(intake) == (
        "The cells setup, test_forward are not answer cells, so your changes to them do not count.",
    )


def test_blanks_at_line_ends_are_no_change():
    submitted = answered(RELEASE, setup="import numpy as np  \n", forward=STUBS["forward"] + "\n")
    intake = rebuild(submitted, RELEASE)
    assert (intake.notebook, intake.notes) == (RELEASE, ())


def test_a_deleted_answer_cell_counts_as_not_answered():
    submitted = answered(RELEASE, gates=f"{ADD}\n{MULTIPLY}")
    del submitted["cells"][index(submitted, "forward")]
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "forward") == STUBS["forward"]
    assert told(intake) == (
        "The answer cell forward is missing from your notebook. It counts as not answered.",
    )


def test_deleted_checks_and_prose_come_back_silently():
    submitted = answered(RELEASE, forward=FORWARD)
    submitted["cells"] = [c for c in submitted["cells"] if is_solution(c)]
    intake = rebuild(submitted, RELEASE)
    assert (intake.notebook, intake.notes) == (answered(RELEASE, forward=FORWARD), ())


@pytest.mark.parametrize("stub_last", [True, False])
def test_of_a_duplicated_cell_the_changed_one_counts(stub_last):
    submitted = answered(RELEASE, forward=FORWARD)
    submitted["cells"].insert(3 if stub_last else 2, deepcopy(RELEASE["cells"][2]))
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == answered(RELEASE, forward=FORWARD)
    assert "more than once" in told(intake)[0]


def test_of_several_changed_duplicates_the_last_counts():
    submitted = answered(RELEASE, forward="def forward(x):\n    return 1")
    submitted["cells"].insert(3, answered(RELEASE, forward=FORWARD)["cells"][2])
    assert source(rebuild(submitted, RELEASE).notebook, "forward") == FORWARD


def test_a_split_cell_is_joined_again():
    submitted = answered(RELEASE, gates=ADD)
    submitted["cells"].insert(6, answered(RELEASE, gates=MULTIPLY)["cells"][5])
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "gates") == f"{ADD}\n{MULTIPLY}"
    assert told(intake) == (
        "Your answer to gates was split over several cells. They were joined again.",
    )


def test_a_function_split_in_its_middle_is_joined_again():
    submitted = answered(RELEASE, forward="def forward(x):")
    submitted["cells"].insert(3, answered(RELEASE, forward="    return 2 * x")["cells"][2])
    assert source(rebuild(submitted, RELEASE).notebook, "forward") == FORWARD


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
    submitted = answered(RELEASE, forward=first, gates=f"{ADD}\n{MULTIPLY}")
    submitted["cells"].insert(3, answered(RELEASE, forward=second)["cells"][2])
    submitted["cells"][2 + unlabelled] = make_cell(
        "x", submitted["cells"][2 + unlabelled]["source"]
    )
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "forward") == f"{first}\n{second}"
    assert len(repaired(intake)["cells"]) == len(RELEASE["cells"])
    assert told(intake) == (
        "Your answer to forward was split over several cells. They were joined again.",
    )


@pytest.mark.parametrize(
    "follower",
    ["    print(forward(3))", "    def other(x):\n        return 1", "x = 1", "  \n# nothing"],
)
def test_a_cell_that_can_stand_alone_is_not_joined(follower):
    submitted = answered(RELEASE, forward=FORWARD)
    submitted["cells"].insert(3, make_cell("x", follower))
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "forward") == FORWARD
    assert repaired(intake)["cells"][3]["source"] == follower


WORSE = "def forward(x):\n    return 3 * x"
SCRATCH = [
    ("code", "print(forward(3)\n"),
    ("code", "try again with X @ W1 here"),
    ("code", "y = forward(3)\nprint(y)"),
    ("code", "def other(x):\n    return 1"),
    ("code", "    return 3 * x  # or this?"),
    ("code", "def forward(x):\n    return (3 * x"),
    ("code", f'"""\n{WORSE}\n"""'),
    ("code", f"old = '''\n{WORSE}'''"),
    ("code", f"%%script false\n{WORSE}"),
    ("code", f"\n%%writefile old.py\n{WORSE}"),
    ("raw", WORSE),
    ("markdown", WORSE),
    ("markdown", f"```python\n{WORSE}\n```"),
    ("markdown", "My notes"),
]


@pytest.mark.parametrize("is_above", [False, True])
@pytest.mark.parametrize(("kind", "text"), SCRATCH)
def test_scratch_under_a_copied_label_never_outranks_the_answer(kind, text, is_above):
    """It stays where it is, as a cell of the student's own."""
    submitted = answered(RELEASE, forward=FORWARD)
    copy = {**deepcopy(submitted["cells"][2]), "cell_type": kind, "source": text, "id": "copy"}
    submitted["cells"].insert(2 if is_above else 3, copy)
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "forward") == FORWARD
    added = [c for c in repaired(intake)["cells"] if "grader" in c["metadata"]]
    assert [cell["source"] for cell in added] == [text]
    assert told(intake) == (
        "The answer cell forward is in your notebook more than once. A copy without a part of the "
        "answer counts as a cell that you added.",
    )


def test_scratch_under_a_copied_label_leaves_the_stub_alone():
    submitted = deepcopy(RELEASE)
    copy = {**deepcopy(submitted["cells"][2]), "source": "try again", "id": "copy"}
    submitted["cells"].insert(3, copy)
    assert source(rebuild(submitted, RELEASE).notebook, "forward") == STUBS["forward"]


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_code_without_a_label_outranks_text_that_has_it(kind):
    submitted = answered(RELEASE, forward=WORSE)
    submitted["cells"][2]["cell_type"] = kind
    submitted["cells"].insert(2, make_cell("x", FORWARD))
    assert source(rebuild(submitted, RELEASE).notebook, "forward") == FORWARD


def test_code_in_another_answer_cell_outranks_text():
    submitted = answered(RELEASE, forward=WORSE, gates=f"{ADD}\n{MULTIPLY}\n{FORWARD}")
    submitted["cells"][2]["cell_type"] = "raw"
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "forward") == "# defined in another answer cell: forward"


def test_of_two_answers_the_one_that_can_be_read_counts():
    """IPython's own lines can be read, too."""
    submitted = answered(RELEASE, forward=f"%matplotlib inline\n!pip list\n{FORWARD}")
    submitted["cells"].insert(3, answered(RELEASE, forward=f"{WORSE} +")["cells"][2])
    assert source(rebuild(submitted, RELEASE).notebook, "forward").endswith(FORWARD)


def test_a_helper_under_a_copied_label_is_kept_before_the_answer():
    submitted = answered(RELEASE, forward="def twice(x):\n    return 2 * x")
    last = "def forward(x):\n    return twice(x)"
    submitted["cells"].insert(3, answered(RELEASE, forward=last)["cells"][2])
    sources = [c["source"] for c in repaired(rebuild(submitted, RELEASE))["cells"]]
    assert sources[2:4] == ["def twice(x):\n    return 2 * x", last]


def test_merged_answer_cells_are_graded_where_they_are():
    submitted = answered(RELEASE, forward=f"{FORWARD}\n{ADD}\n{MULTIPLY}")
    del submitted["cells"][index(submitted, "gates")]
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "gates") == "# defined in another answer cell: add, multiply"
    assert told(intake)[0].startswith("The answer to gates was found in another")


def test_reordered_cells_are_put_back():
    submitted = answered(RELEASE, forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}")
    submitted["cells"].reverse()
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == answered(RELEASE, forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}")
    assert "another order" in told(intake)[0]


def test_code_turned_into_text_is_turned_back():
    submitted = answered(RELEASE, forward=FORWARD)
    submitted["cells"][2]["cell_type"] = "markdown"
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == answered(RELEASE, forward=FORWARD)
    assert "The answer cell forward had been changed from code to text" in told(intake)[0]


def test_cells_without_labels_are_recognised_by_what_they_define():
    answers = answered(RELEASE, forward=FORWARD, gates=f"{ADD}\n{MULTIPLY}", explain="Because.")
    intake = rebuild(stripped(deepcopy(answers)), RELEASE)
    assert intake.notebook == answers
    assert told(intake) == (
        "The answer cells forward, gates, explain had lost their labels. "
        "They were recognised by their content.",
    )


def test_cells_are_recognised_by_cell_id_also_where_colab_keeps_it():
    submitted = answered(RELEASE, forward="forward = abs")
    for cell in submitted["cells"]:
        cell["metadata"] = {"id": cell.pop("id")}
    assert source(rebuild(submitted, RELEASE).notebook, "forward") == "forward = abs"


BESIDE = (
    "What you wrote beside the answer cell explain was taken as your answer, for your teacher to "
    "read."
)
LINES = [("markdown", "Because."), ("raw", "Because."), ("markdown", "**(a)** Zero.\n\n(b) One.")]


@pytest.mark.parametrize("below", [0, 1])
@pytest.mark.parametrize(("kind", "text"), LINES)
def test_a_written_answer_beside_its_untouched_cell_is_taken(kind, text, below):
    submitted = answered(RELEASE, forward=FORWARD)
    submitted["cells"].insert(8 + below, make_cell("x", text, kind))
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == answered(RELEASE, forward=FORWARD, explain=text)
    assert told(intake) == (BESIDE,)


def test_a_written_answer_around_its_untouched_cell_is_taken_whole():
    submitted = deepcopy(RELEASE)
    submitted["cells"].insert(9, make_cell("b", "Second.", "markdown"))
    submitted["cells"].insert(8, make_cell("a", "First.", "markdown"))
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "explain") == "First.\n\nSecond."


def test_a_written_answer_that_an_editor_cut_into_pieces_is_joined():
    """Its labels are gone, too, and our own texts are cut into lines."""
    submitted = stripped(answered(RELEASE, forward=FORWARD, explain="First."))
    submitted["cells"].insert(9, make_cell("x", "Second.", "markdown"))
    release = answered(RELEASE, **{"explain-text": "Why?\n\nSay it in two sentences."})
    release["cells"][7]["source"] = "Why?\n\nSay it in two sentences."
    submitted["cells"].insert(8, make_cell("y", "Say it in two sentences.", "markdown"))
    intake = rebuild(submitted, release)
    assert source(intake.notebook, "explain") == "First.\n\nSecond."
    assert BESIDE in told(intake)


@pytest.mark.parametrize("code", ["# Because it is zero.", "Because it is zero", "plot(net)"])
def test_what_stands_in_code_beside_an_untouched_answer_is_quoted_and_still_runs(code):
    submitted = deepcopy(RELEASE)
    submitted["cells"].insert(9, make_cell("x", code))
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "explain") == f"```python\n{code}\n```"
    assert source(intake.notebook, "added-1") == code
    assert told(intake) == (BESIDE,)


def test_an_answer_written_into_the_question_is_quoted():
    submitted = deepcopy(RELEASE)
    submitted["cells"][7]["source"] = "Why?\n\nBecause it is zero."
    intake = rebuild(submitted, RELEASE)
    assert source(intake.notebook, "explain") == "Because it is zero."
    assert BESIDE in told(intake)


def test_where_nothing_was_written_nothing_is_taken():
    submitted = deepcopy(RELEASE)
    for place, text in ((9, " \n"), (9, "Why?\n\nYOUR ANSWER HERE"), (8, "Why?"), (7, "Mine")):
        submitted["cells"].insert(place, make_cell(f"x{place}{text}", text, "markdown"))
    intake = rebuild(submitted, RELEASE)
    assert (source(intake.notebook, "explain"), intake.notes) == ("YOUR ANSWER HERE", ())


def with_terms(terms):
    return answered_texts(title=f"# Title{terms}", **{"explain-text": f"## Why?{terms}\n\nSay it."})


def answered_texts(**texts):
    notebook = deepcopy(RELEASE)
    for cell in notebook["cells"]:
        cell["source"] = texts.get(cell["id"], cell["source"])
    return notebook


EARLIER = ["", "\n\n*3 points, due 2026-01-03 12:00 (UTC)*", "\n\n*2 points*"]


@pytest.mark.parametrize("terms", EARLIER)
@pytest.mark.parametrize("labelled", [True, False])
def test_points_and_a_due_date_that_have_changed_since_are_no_change_of_the_students(
    terms, labelled
):
    release = with_terms("\n\n*3 points, due 2026-01-10 12:00 (UTC)*")
    submitted = answered(with_terms(terms), forward=FORWARD)
    if not labelled:
        submitted = stripped(submitted)
    intake = rebuild(submitted, release)
    assert intake.notebook == answered(release, forward=FORWARD)
    assert not any("not answer cells" in note or "beside" in note for note in told(intake))


def test_an_answer_in_italics_below_a_heading_is_kept():
    submitted = answered(RELEASE, explain="## Why?\n\n*For 2 reasons.*")
    assert rebuild(submitted, RELEASE).notebook == submitted
    release = answered(RELEASE, explain="## Your answer")
    submitted = answered(release, explain="## Your answer\n\n*For 2 reasons.*")
    assert rebuild(submitted, release).notebook == submitted


def test_text_between_two_untouched_answers_goes_to_both():
    cells = deepcopy(RELEASE["cells"])
    other = make_cell("other", "AND HERE", "markdown", solution=True, grade=True, points=1)
    release = {**RELEASE, "cells": [*cells[:9], other, *cells[9:]]}
    submitted = deepcopy(release)
    submitted["cells"].insert(9, make_cell("x", "Because.", "markdown"))
    intake = rebuild(submitted, release)
    assert [source(intake.notebook, name) for name in ("explain", "other")] == ["Because."] * 2
    assert told(intake)[0].startswith(
        "What you wrote beside the answer cells explain, other was taken"
    )


def test_different_written_answers_are_all_kept():
    submitted = answered(RELEASE, explain="First.")
    submitted["cells"].insert(9, answered(RELEASE, explain="Second.")["cells"][8])
    assert source(rebuild(submitted, RELEASE).notebook, "explain") == "First.\n\nSecond."


def test_only_images_may_be_attached_to_a_written_answer():
    submitted = answered(RELEASE, explain="![](attachment:a.png)")
    submitted["cells"][8]["attachments"] = {
        "a.png": {"image/png": "iVBORw0KGgo=", "text/html": "<script>"},
        '"><script>': {"image/png": "iVBO"},
        "b.png": {"image/png": '"><script>'},
    }
    cell = repaired(rebuild(submitted, RELEASE))["cells"][8]
    png = {"image/png": "iVBORw0KGgo="}
    assert cell["attachments"] == {"a.png": png, "picture-1.png": {"image/png": "iVBO"}}


def test_added_cells_stay_after_the_cell_they_followed():
    submitted = answered(RELEASE, forward=FORWARD)
    submitted["cells"].insert(3, make_cell("mine", "print(forward(1))"))
    submitted["cells"].insert(4, make_cell("raw", "<script>", "raw"))
    submitted["cells"].insert(0, make_cell("top", "hello", "markdown"))
    submitted["cells"].append(make_cell("empty", "  \n"))
    intake = rebuild(submitted, RELEASE)
    added = [c for c in repaired(intake)["cells"] if c["metadata"] == {"grader": {"added": True}}]
    assert [c["id"] for c in added] == ["added-1", "added-2", "added-3"]
    assert [c["cell_type"] for c in added] == ["markdown", "code", "markdown"]
    assert [c["source"] for c in repaired(intake)["cells"]][:5] == [
        "hello",
        "# Title",
        "import numpy as np",
        FORWARD,
        "print(forward(1))",
    ]
    assert intake.notes == ()


def test_a_changed_copy_of_a_check_is_the_students_own_cell():
    submitted = answered(RELEASE, forward=FORWARD)
    copy = {**check("forward"), "source": "print(forward(3))"}
    submitted["cells"].insert(3, copy)
    intake = rebuild(submitted, RELEASE)
    assert [c["source"] for c in repaired(intake)["cells"]][3:5] == [
        "print(forward(3))",
        "assert forward",
    ]
    assert repaired(intake)["cells"][3]["metadata"] == {"grader": {"added": True}}
    assert intake.notes == ()


def test_a_notebook_of_another_assignment_is_rejected():
    other = {
        "cells": [make_cell("title", "# Title", "markdown"), make_cell("a", "def other(): pass")]
    }
    intake = rebuild(other, RELEASE)
    assert intake.notebook is None
    assert (
        intake.rejection
        == "The notebook has no cell of this assignment. Hand in the notebook that you got for it."
    )


def test_a_written_answer_turned_into_code_is_turned_back_and_never_executed():
    submitted = answered(RELEASE, explain="import os")
    submitted["cells"][8] |= {"cell_type": "code", "outputs": []}
    intake = rebuild(submitted, RELEASE)
    assert intake.notebook == answered(RELEASE, explain="import os")
    assert "The answer cell explain had been changed from code to text" in told(intake)[0]


def test_a_label_of_another_question_does_not_undo_that_question():
    """The check cell and a stray cell both claim to be `forward`."""
    submitted = answered(RELEASE, forward=FORWARD)
    for cell in (submitted["cells"][3], submitted["cells"][6]):
        cell["metadata"] = {"nbgrader": {"grade_id": "forward", "solution": True}}
        cell["id"] = "forward"
    intake = rebuild(submitted, RELEASE)
    assert protected(repaired(intake)) == protected(RELEASE)
    assert "forward" in told(intake)[0]
    assert sum("grader" in c["metadata"] for c in repaired(intake)["cells"]) == 0


def test_a_cell_that_calls_itself_another_assignments_is_an_added_one():
    submitted = answered(RELEASE, forward=FORWARD)
    stranger = make_cell("stranger", "print(1)", solution=True, grade=True, points=100)
    submitted["cells"].insert(3, stranger)
    intake = rebuild(submitted, RELEASE)
    assert repaired(intake)["cells"][3]["metadata"] == {"grader": {"added": True}}


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


@pytest.mark.slow
@given(st.lists(CELLS | st.none() | st.lists(st.text()), max_size=12))
def test_whatever_is_submitted_protected_cells_are_the_releases(cells):
    intake = rebuild(loads(json.dumps({"cells": cells})), RELEASE)
    if intake.rejection is None:
        assert protected(repaired(intake)) == protected(RELEASE)
        ids = [cell["id"] for cell in repaired(intake)["cells"]]
        assert len(ids) == len(set(ids))
        ours = [grade_id(c) for c in repaired(intake)["cells"] if "grader" not in c["metadata"]]
        assert ours == [grade_id(c) for c in RELEASE["cells"]]
        dumps(repaired(intake)).encode()
    assert rebuild(loads(json.dumps({"cells": cells})), RELEASE) == intake
