"""solutions/ → assignments/: reproducible, and only through the gates."""

from __future__ import annotations

import base64
import json
import sys
import types
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.settings import Course
from grader.course.solution import strip_solution
from grader.errors import BuildError
from grader.notebook import Cell, Notebook, dumps, loads
from grader.release import leaks
from grader.release.build import build
from grader.release.gates import Candidate, clean_source, consistent_points
from grader.release.proof import Proof

COURSE = """\
name: Tiny
seed: 1
assignments:
  - id: net
    title: A net
    questions: {forward: 2, both: 1, explain: {points: 3, manual: true}}
"""
FORWARD = '''def forward(params, X):
    """Scores of the rows of X, as `(scores, hidden)`."""
    ### BEGIN SOLUTION
    W1, b1 = params["W1"], params["b1"]
    hidden = np.maximum(0, X @ W1 + b1)
    scores = (
        hidden @ params["W2"]
        + params["b2"]
    )
    return scores, hidden
    ### END SOLUTION'''
ANSWER = """Answer in one sentence.

### BEGIN SOLUTION
A row maximum keeps every exponent at or below zero. That is all.
### END SOLUTION"""
VISIBLE = """params = {"W1": np.eye(2), "b1": np.zeros(2), "W2": np.eye(2), "b2": np.zeros(2)}
scores, hidden = forward(params, np.ones((3, 2)))
assert scores.shape == (3, 2), f"expected shape (3, 2), got {scores.shape}\""""
HIDDEN_TESTS = '''"""Hidden tests of the tiny net."""
import numpy as np
import pytest
from grader.judge import assert_close, expect_tuple


@pytest.mark.question("forward", points=2)
def test_forward_scores(student, reference, rng):
    """The scores of every row are affine → ReLU → affine."""
    params = {"W1": rng.normal(size=(4, 7)), "b1": rng.normal(size=7)}
    params |= {"W2": rng.normal(size=(7, 3)), "b2": rng.normal(size=3)}
    X = rng.normal(size=(6, 4))
    scores, hidden = expect_tuple(student.forward(params, X), 2, "forward")
    assert_close(scores, reference.forward(params, X)[0], "scores")


@pytest.mark.question("both", points=1)
def test_both_work(student, progress):
    """Everything together works."""
    assert progress.full_marks("forward"), "forward is not right yet"
'''
MISTAKES = '''"""Known mistakes."""
from grader.judge.catalogue import Mistake

MISTAKES = [
    Mistake(
        id="forward.no_relu",
        question="forward",
        hint="Look at the hidden layer: which values "
        "of it can a ReLU never give?",
        code="""
def forward(params, X):
    hidden = X @ params["W1"] + params["b1"]
    return hidden @ params["W2"] + params["b2"], hidden
""",
    )
]
'''
HELPER = "def show(values):\n    return [round(value, 3) for value in values]\n"


def make(name: str, source: str, kind: str = "code", **marks: Any) -> Cell:
    metadata = {"nbgrader": {"grade_id": name, "schema_version": 3, **marks}} if marks else {}
    cell = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def notebook() -> Notebook:
    answer = {"grade": False, "solution": True, "locked": False, "task": False}
    check = {"grade": True, "solution": False, "locked": True, "task": False}
    manual = {"grade": True, "solution": True, "locked": False, "task": False}
    fixed = {"grade": False, "solution": False, "locked": True, "task": False}
    cells = [
        make("title", "# A net\n\nThe hidden layer is $h = \\max(0, XW_1 + b_1)$.", "markdown"),
        make("setup", "import numpy as np\nfrom helper import show", **fixed),
        make("forward", FORWARD, **answer),
        make("test_forward", VISIBLE, **check, points=2),
        make("test_both", "assert forward is not None", **check, points=1),
        make("explain", ANSWER, "markdown", **manual, points=3),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def released(source: Notebook) -> Notebook:
    """What nbgrader makes of a source, near enough for the gates."""
    result = deepcopy(source)
    for cell in result["cells"]:
        if "BEGIN SOLUTION" in cell["source"]:
            stub = "    # YOUR CODE HERE\n    raise NotImplementedError()"
            kind = cell["cell_type"]
            cell["source"] = strip_solution(cell["source"]) + "\n"
            cell["source"] += stub if kind == "code" else "YOUR ANSWER HERE"
    return result


@pytest.fixture(autouse=True)
def _proved_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last gate takes longest, and has tests of its own in test_proof.py."""
    monkeypatch.setattr("grader.release.build.prove", lambda *_, **__: Proof("", ()))
    monkeypatch.setattr("grader.release.build.record", lambda *_: None)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course.yml").write_text(COURSE)
    write_source(tmp_path, notebook())
    folder = tmp_path / "solutions" / "net"
    (folder / "hidden_tests.py").write_text(HIDDEN_TESTS)
    (folder / "mistakes.py").write_text(MISTAKES)
    (folder / "helper.py").write_text(HELPER)
    return Course.load(tmp_path)


def write_source(root: Path, source: Notebook) -> None:
    path = root / "solutions" / "net" / "net.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(source))


@pytest.fixture
def quick_generate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for nbgrader, whose import takes seconds."""

    def generate_assignment(course: Course, assignment_id: str, into: Path) -> None:
        name = f"{assignment_id}.ipynb"
        source = loads((course.solution_dir(assignment_id) / name).read_text())
        into.mkdir()
        (into / name).write_text(dumps(released(source)))

    plugins = types.ModuleType("grader.release.generate")
    plugins.generate_assignment = generate_assignment  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "grader.release.generate", plugins)


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


# The whole road


def test_build_releases_notebook_and_helpers_and_nothing_secret(course, quick_generate):
    report = build(course, "net")
    assert sorted(files(report.path)) == ["helper.py", "net.ipynb"]
    assert "np.maximum" not in (report.path / "net.ipynb").read_text()
    assert [gate.gate for gate in report.gates] == [
        "clean source",
        "points",
        "names",
        "leaks",
        "reference",
        "untouched stub",
    ]
    assert report.changed
    assert [p.name for p in report.path.parent.iterdir()] == ["net"]


def test_a_release_made_by_nbgrader_itself_is_locked_and_reproducible(course):
    path = build(course, "net").path / "net.ipynb"
    cells = {cell["id"]: cell for cell in loads(path.read_bytes())["cells"]}
    assert list(cells) == ["title", "setup", "forward", "test_forward", "test_both", "explain"]
    assert cells["forward"]["source"].endswith("# YOUR CODE HERE\n    raise NotImplementedError()")
    assert cells["explain"]["source"] == "Answer in one sentence.\n\nYOUR ANSWER HERE"
    assert cells["test_forward"]["metadata"]["editable"] is False
    assert cells["test_forward"]["metadata"]["nbgrader"]["checksum"]
    assert build(course, "net", check=True).changed is False


def test_build_twice_gives_the_same_bytes(course, quick_generate):
    before = files(build(course, "net").path)
    report = build(course, "net")
    assert files(report.path) == before
    assert not report.changed


def test_check_names_the_first_stale_file_and_writes_nothing(course, quick_generate):
    build(course, "net")
    build(course, "net", check=True)
    before = files(course.root)
    (course.solution_dir("net") / "helper.py").write_text("changed = True\n")
    with pytest.raises(BuildError, match=r"net/helper\.py: stale; run `grader build net`"):
        build(course, "net", check=True)
    (course.solution_dir("net") / "helper.py").write_text(HELPER)
    assert files(course.root) == before
    (course.release_dir("net") / "hidden_tests.py").write_text("superfluous")
    with pytest.raises(BuildError, match=r"hidden_tests\.py: stale"):
        build(course, "net", check=True)


def test_a_failed_build_leaves_the_old_release(course, quick_generate):
    before = files(build(course, "net").path)
    source = notebook()
    source["cells"][2]["source"] = FORWARD.replace("maximum", "minimum")
    source["cells"][0]["source"] = "hidden = np.minimum(0, X @ W1 + b1)"
    write_source(course.root, source)
    with pytest.raises(BuildError, match="cell 'title'"):
        build(course, "net")
    assert files(course.release_dir("net")) == before
    assert [p.name for p in course.release_dir("net").parent.iterdir()] == ["net"]


def test_reference_must_get_every_automatic_point(course, quick_generate):
    tests = HIDDEN_TESTS.replace("[0], ", "[1] @ params['W2'], ")
    (course.solution_dir("net") / "hidden_tests.py").write_text(tests)
    with pytest.raises(BuildError) as failure:
        build(course, "net")
    lines = str(failure.value).split("\n")
    assert [line.split(";")[0].split(" (")[0] for line in lines] == [
        "solutions/net: question 'forward': the reference gets 0 of 2",
        "solutions/net: question 'both': the reference gets 0 of 1",
    ]


def test_visible_checks_must_accept_the_reference(course, quick_generate):
    source = notebook()
    source["cells"][3]["source"] += "\nassert scores.sum() == 7, 'not seven'"
    write_source(course.root, source)
    with pytest.raises(BuildError, match="'test_forward': the reference raises AssertionError"):
        build(course, "net")


def test_the_untouched_stub_must_earn_nothing(course, quick_generate):
    tests = HIDDEN_TESTS.replace('assert progress.full_marks("forward")', "assert student")
    (course.solution_dir("net") / "hidden_tests.py").write_text(tests)
    with pytest.raises(BuildError, match="question 'both': the untouched stub gets 1 of 1"):
        build(course, "net")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('question="forward"', 'question="forwards"', "the notebook has no code question 'forw"),
        ("def forward(", "def affine(", "it defines affine, the answer cell 'forward' defines f"),
        ("id=", "name=", "mistakes.py: TypeError"),
        ("@ params", "@ @ params", "mistakes.py: forward.no_relu: line 3: invalid syntax; mend it"),
    ],
)
def test_a_mistake_of_something_else_is_named(course, quick_generate, old, new, words):
    path = course.solution_dir("net") / "mistakes.py"
    path.write_text(MISTAKES.replace(old, new))
    with pytest.raises(BuildError, match=words) as failure:
        build(course, "net")
    assert str(failure.value).startswith("solutions/net: mistakes.py: ")


def test_a_message_that_nobody_would_ever_read_is_named(course, quick_generate):
    path = course.solution_dir("net") / "messages.yml"
    right = 'de: {hints: {forward.no_relu: "Kann sie negativ sein?"}, generic: {changed: "x"}}'
    path.write_text(right)
    build(course, "net")
    wrong = right.replace("no_relu", "norelu").replace("changed", "changd")
    path.write_text(wrong.replace("}}", "}, claims: {test_x: y}, hint: {}}"))
    with pytest.raises(BuildError) as failure:
        build(course, "net")
    place = "solutions/net: messages.yml: de: "
    assert str(failure.value).split("\n") == [
        f"{place}no block is called 'hint'; did you mean 'hints'?",
        f"{place}claims: there is no hidden test 'test_x'; correct or remove it",
        f"{place}hints: there is no mistake 'forward.norelu'; did you mean 'forward.no_relu'?",
        f"{place}generic: there is no sentence of the kit 'changd'; did you mean 'changed'?",
    ]


def test_what_two_gates_say_alike_is_said_once(course, quick_generate):
    tests = HIDDEN_TESTS.replace("reference.forward", "reference.backward")
    (course.solution_dir("net") / "hidden_tests.py").write_text(
        tests.replace("expect_tuple(student.forward(params, X), 2", "expect_tuple((1, 2), 2")
    )
    with pytest.raises(BuildError, match="the solution notebook defines no 'backward'") as failure:
        build(course, "net")
    assert str(failure.value).count("\n") == 0


def test_random_cell_ids_and_editor_metadata_do_not_reach_the_release(course, quick_generate):
    source = notebook()
    source["metadata"] = {"kernelspec": {"name": "my-venv"}, "celltoolbar": "Create Assignment"}
    source["cells"][2]["metadata"]["execution"] = {"iopub.status.busy": "2024-01-01"}
    del source["cells"][0]["id"], source["cells"][3]["id"]
    write_source(course.root, source)
    release = loads((build(course, "net").path / "net.ipynb").read_bytes())
    ids = [cell["id"] for cell in release["cells"]]
    assert ids == ["cell-1", "setup", "forward", "test_forward", "test_both", "explain"]
    assert release["metadata"]["kernelspec"]["name"] == "python3"
    assert release["cells"][2]["metadata"].keys() == {"nbgrader"}


@pytest.mark.parametrize("name", ["old.ipynb", "sub/copy.IPYNB"])
def test_a_second_notebook_is_not_released(course, quick_generate, name):
    path = course.solution_dir("net") / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")
    with pytest.raises(BuildError, match="a second notebook"):
        build(course, "net")


def test_a_link_is_not_released(course, quick_generate):
    (course.solution_dir("net") / "data.csv").symlink_to(course.root / "course.yml")
    with pytest.raises(BuildError, match=r"data\.csv: a link"):
        build(course, "net")


def test_debris_is_not_released(course, quick_generate):
    folder = course.solution_dir("net")
    for name in ("__pycache__/x.pyc", ".ipynb_checkpoints/net.ipynb", "helper.py~", ".DS_Store"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    assert sorted(files(build(course, "net").path)) == ["helper.py", "net.ipynb"]


@pytest.mark.parametrize("name", ["net.ipynb", "hidden_tests.py"])
def test_a_missing_source_is_named(course, name):
    (course.solution_dir("net") / name).unlink()
    with pytest.raises(BuildError, match=f"{name}: not found"):
        build(course, "net")


# Gates on the source


def candidate(source: Notebook, tests: str = HIDDEN_TESTS, course_text: str = COURSE) -> Candidate:
    import yaml

    course = Course.model_validate(yaml.safe_load(course_text))
    return Candidate(course, course.assignments[0], source, tests, MISTAKES, "")


def test_a_sound_source_passes():
    assert clean_source(candidate(notebook())).failures == ()
    assert consistent_points(candidate(notebook())).failures == ()


def change(name: str, **keys: Any) -> Notebook:
    source = notebook()
    cell = next(cell for cell in source["cells"] if cell["id"] == name)
    cell.update(keys)
    return source


def remark(name: str, **marks: Any) -> Notebook:
    source = notebook()
    cell = next(cell for cell in source["cells"] if cell["id"] == name)
    cell["metadata"]["nbgrader"].update(marks)
    return source


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        (change("forward", source=FORWARD.replace("### END", "### BEGIN")), "inside the region"),
        (change("forward", source=FORWARD.replace("### END SOLUTION", "")), "without END SOLUTION"),
        (change("forward", source=FORWARD.replace("### BEGIN SOLUTION", "")), "without BEGIN"),
        (change("setup", source="### BEGIN SOLUTION\n### END SOLUTION"), "is no answer cell"),
        (change("setup", outputs=[{"output_type": "stream"}]), "has outputs"),
        (change("setup", execution_count=3), "has outputs"),
        (change("test_both", source="### BEGIN HIDDEN TESTS"), "move it to hidden_tests.py"),
    ],
)
def test_build_rejects_unclean_cells_by_name(source, failure):
    (line,) = clean_source(candidate(source)).failures
    assert failure in line
    assert line.startswith("net.ipynb: cell '")


@pytest.mark.parametrize(
    ("wrong", "failure"),
    [
        (candidate(remark("test_forward", points=3)), "has 3 points, course.yml has 2"),
        (candidate(remark("explain", points=1)), "has 1 points, course.yml has 3"),
        (candidate(notebook(), HIDDEN_TESTS.replace("points=2", "points=1")), "has 1 points"),
        (candidate(notebook(), HIDDEN_TESTS.replace("points=2", "points=n")), "cannot be read"),
        (candidate(notebook(), HIDDEN_TESTS.replace('"both"', '"boht"')), "no question 'boht'"),
        (candidate(notebook(), course_text=COURSE.replace("both: 1, ", "")), "no question 'both'"),
        (candidate(remark("test_both", grade_id="both")), "rename it to 'test_both'"),
        (candidate(remark("test_both", grade=False)), "has 0 check cells 'test_both'"),
        (candidate(remark("test_both", grade_id="test_forward")), "2 cells have the grade id"),
        (candidate(change("setup", id="title")), "2 cells have the cell id 'title'"),
        (candidate(remark("forward", grade=True, points=1)), "must be one code cell"),
        (candidate(remark("explain", grade=False)), "one markdown cell"),
        (candidate(notebook(), HIDDEN_TESTS.replace('"both"', '"explain"')), "graded by hand"),
    ],
)
def test_build_rejects_points_and_names_that_disagree(wrong, failure):
    assert any(failure in line for line in consistent_points(wrong).failures)


# Leaks


def leaks_of(source: Notebook, helpers: dict[str, bytes] | None = None) -> list[str]:
    release = released(source)
    secret = leaks.secrets(notebook(), release, HIDDEN_TESTS, MISTAKES)
    return leaks.find_leaks(secret, leaks.passages(release, "net.ipynb", helpers or {}))


def test_a_clean_release_shows_nothing():
    assert leaks_of(notebook(), {"helper.py": HELPER.encode()}) == []


SOLUTION_LINES = [
    "hidden = np.maximum(0, X @ W1 + b1)",
    "  hidden=np.maximum( 0,X@W1+b1 ,)",
    "hidden = np.maximum(\n    0,\n    X @ W1 + b1,\n)",
    "scores = hidden @ params['W2'] + params['b2']",
    'hidden @ params["W2"]',
    "y = np.maximum(0, X @ W1 + b1)",
    "A row maximum keeps every exponent at\nor below zero.",
]
TEST_LINES = [
    'params |= {"W2": rng.normal(size=(7, 3)), "b2": rng.normal(size=3)}',
    'assert_close(scores, reference.forward(params, X)[0], "scores")',
    "see test_forward_scores",
    "from hidden_tests import test_both_work",
]
MISTAKE_LINES = [
    'hidden = X @ params["W1"] + params["b1"]',
    "Look at the hidden layer: which values of it can a ReLU never give?",
    "forward.no_relu",
    "mistakes.py",
]


@pytest.mark.parametrize("line", SOLUTION_LINES + TEST_LINES + MISTAKE_LINES)
def test_a_secret_line_is_found_wherever_it_is_pasted(line):
    commented = "\n".join(f"# {part}" for part in line.split("\n"))
    stub = FORWARD.replace(
        "    ### BEGIN", "    " + commented.replace("\n", "\n    ") + "\n    ### BEGIN"
    )
    quoted = "\n".join(f"> {part}" for part in line.split("\n"))
    tags = change("setup", metadata={"tags": [line]})
    attached = {"a.txt": {"text/plain": base64.b64encode(line.encode()).decode()}}
    for source in (
        change("title", source=f"# Title\n\nHint: `{line}`. More."),
        change("title", source=f"```python\n{line}\n```"),
        change("title", source=f"1. {line}\n"),
        change("title", source=quoted),
        change("test_both", source=f"x = 1\n{commented}\nassert x"),
        change("test_both", source=f"if True:\n    {line}"),
        change("forward", source=stub),
        change("forward", source=FORWARD.replace("Scores of", f"{line}\n\nScores of")),
        change("title", attachments=attached),
        tags,
    ):
        assert leaks_of(source), source["cells"]


@pytest.mark.parametrize("line", SOLUTION_LINES + TEST_LINES + MISTAKE_LINES)
def test_a_secret_line_is_found_in_helper_files(line, tmp_path):
    np.savez_compressed(tmp_path / "data.npz", note=np.frombuffer(line.encode(), np.uint8))
    assert leaks_of(notebook(), {"helper.py": f"def f():\n    {line}\n".encode()})
    assert leaks_of(notebook(), {"notes.md": f"- {line}\n".encode()})
    assert leaks_of(notebook(), {"data.npz": (tmp_path / "data.npz").read_bytes()})
    assert leaks_of(notebook(), {"x.bin": b"\xff\x00" + line.encode() + b"\x00\xfe"})


def test_a_leak_is_told_with_place_origin_and_remedy():
    source = change("title", source="Use `hidden = np.maximum(0, X @ W1 + b1)`.")
    assert leaks_of(source) == [
        "net.ipynb: cell 'title': shows the solution of 'forward': "
        "'hidden = np.maximum(0, X @ W1 + b1)'; reword or remove it there"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np",
        "return scores, hidden",
        'W1, b1 = params["W1"], params["b1"]',
        "scores, hidden = forward(params, X)",
        "The scores of every row are affine → ReLU → affine.",
        "hidden scores",
        "scores.shape",
        "raise NotImplementedError()",
    ],
)
def test_what_everybody_writes_is_no_leak(line):
    assert leaks_of(change("title", source=f"```\n{line}\n```")) == []
    assert leaks_of(change("test_both", source=line)) == []


def test_short_formulas_in_mathematics_and_longer_lines_are_no_leaks():
    source = notebook()
    source["cells"][2]["source"] = FORWARD.replace("return scores", "q = x + y\n    return scores")
    secret = leaks.secrets(source, released(source), HIDDEN_TESTS, "")

    def found(prose: str) -> list[str]:
        cell = make("title", prose, "markdown")
        return leaks.find_leaks(secret, leaks.passages({"cells": [cell]}, "n", {}))

    assert found("With $q = x + y$ the chain rule gives more.") == []
    assert found("q = x + y * z") == []
    assert found("Write q = x + y, then go on.")


def test_a_file_that_is_not_python_is_a_failure_not_a_crash(course, quick_generate):
    (course.solution_dir("net") / "mistakes.py").write_text("MISTAKES = [")
    with pytest.raises(BuildError, match=r"mistakes\.py: line 1: .*; mend it"):
        build(course, "net")


def test_json_of_a_release_is_what_jupyter_writes(course, quick_generate):
    import nbformat

    text = (build(course, "net").path / "net.ipynb").read_text()
    assert nbformat.writes(nbformat.from_dict(json.loads(text))) + "\n" == text
