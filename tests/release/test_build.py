"""solutions/ → assignments/: reproducible, and only through the gates."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import BuildError
from grader.grading.visible_checks import language_of, limits_of
from grader.notebook import dumps, loads
from grader.release.build import build
from grader.release.proof import Proof
from tests.kit.files import contents
from tests.kit.net import (
    FORWARD,
    HELPER,
    HIDDEN_TESTS,
    MISTAKES,
    notebook,
    released,
    write_net_course,
    write_source,
)


@pytest.fixture(autouse=True)
def _proved_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last gate takes longest; it is tested in test_proof.py."""
    monkeypatch.setattr("grader.release.build.prove", lambda *_, **__: Proof(()))
    monkeypatch.setattr("grader.release.build.keep_proof", lambda *_: None)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_net_course(tmp_path)


@pytest.fixture
def quick_generate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the place of nbgrader, whose import takes seconds."""

    def generate_assignment(course: Course, assignment_id: str, into: Path) -> None:
        name = f"{assignment_id}.ipynb"
        source = loads((course.solution_dir(assignment_id) / name).read_text())
        into.mkdir()
        (into / name).write_text(dumps(released(source)))

    plugins = types.ModuleType("grader.release.generate")
    plugins.generate_assignment = generate_assignment  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "grader.release.generate", plugins)


def test_build_releases_notebook_and_helpers_and_nothing_secret(course, quick_generate):
    report = build(course, "net")
    assert sorted(contents(report.path)) == ["helper.py", "net.ipynb"]
    assert "np.maximum" not in (report.path / "net.ipynb").read_text()
    assert [gate.gate for gate in report.gates] == [
        "clean source",
        "points",
        "names",
        "leaks",
        "small inputs",
        "reference",
        "untouched stub",
    ]
    assert report.changed
    assert [p.name for p in report.path.parent.iterdir()] == ["net"]


@pytest.mark.slow
def test_a_release_made_by_nbgrader_itself_is_locked_and_reproducible(course):
    path = build(course, "net").path / "net.ipynb"
    cells = {cell["id"]: cell for cell in loads(path.read_bytes())["cells"]}
    assert list(cells) == ["title", "setup", "forward", "test_forward", "test_both", "explain"]
    assert cells["forward"]["source"].endswith("# YOUR CODE HERE\n    raise NotImplementedError()")
    assert cells["explain"]["source"] == "Answer in one sentence.\n\nYOUR ANSWER HERE"
    assert cells["test_forward"]["metadata"]["editable"] is False
    assert cells["test_forward"]["metadata"]["nbgrader"]["checksum"]
    assert build(course, "net", check=True).changed is False


def test_jupyter_goes_on_after_an_error_in_any_exercise_but_not_in_the_set_up(
    course, quick_generate
):
    source = notebook()
    source["cells"][3]["metadata"]["tags"] = ["wide", "raises-exception"]
    write_source(course.root, source)
    path = build(course, "net").path / "net.ipynb"
    tags = {cell["id"]: cell["metadata"].get("tags") for cell in loads(path.read_bytes())["cells"]}
    going_on = ["raises-exception"]
    assert tags == {
        **{"title": None, "setup": None, "explain": None},
        **{"forward": going_on, "test_forward": ["wide", *going_on], "test_both": going_on},
    }


@pytest.mark.slow
def test_terms_of_course_yml_are_below_the_title_and_a_change_makes_the_release_stale(course):
    path = build(course, "net").path / "net.ipynb"
    title = next(c for c in loads(path.read_bytes())["cells"] if c["id"] == "title")
    assert title["source"].startswith("# A net\n\n*6 points*\n\nThe hidden layer")
    text = (course.root / "course.yml").read_text()
    later = text.replace("title: A net", "title: A net\n    due: 2026-10-19T23:59:00Z")
    (course.root / "course.yml").write_text(later)
    changed = Course.load(course.root)
    with pytest.raises(BuildError, match=r"net/net\.ipynb: stale; run `grader build net`"):
        build(changed, "net", check=True)
    assert (
        "*6 points, due 2026-10-19 23:59 (UTC)*"
        in (build(changed, "net").path / "net.ipynb").read_text()
    )


def test_build_twice_gives_the_same_bytes(course, quick_generate):
    before = contents(build(course, "net").path)
    report = build(course, "net")
    assert contents(report.path) == before
    assert not report.changed


def test_check_names_the_first_stale_file_and_writes_nothing(course, quick_generate):
    build(course, "net")
    build(course, "net", check=True)
    before = contents(course.root)
    (course.solution_dir("net") / "helper.py").write_text("changed = True\n")
    with pytest.raises(BuildError, match=r"net/helper\.py: stale; run `grader build net`"):
        build(course, "net", check=True)
    (course.solution_dir("net") / "helper.py").write_text(HELPER)
    assert contents(course.root) == before
    (course.release_dir("net") / "hidden_tests.py").write_text("superfluous")
    with pytest.raises(BuildError, match=r"hidden_tests\.py: stale"):
        build(course, "net", check=True)


def test_a_failed_build_leaves_the_old_release(course, quick_generate):
    before = contents(build(course, "net").path)
    source = notebook()
    source["cells"][2]["source"] = FORWARD.replace("maximum", "minimum")
    source["cells"][0]["source"] = "hidden = np.minimum(0, X @ W1 + b1)"
    write_source(course.root, source)
    with pytest.raises(BuildError, match="cell 'title'"):
        build(course, "net")
    assert contents(course.release_dir("net")) == before
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
        ("def forward(", "def affine(", "it defines affine, but the answer cell 'forward' defi"),
        ("id=", "name=", "mistakes.py: TypeError"),
        ("@ params", "@ @ params", "mistakes.py: forward.no_relu: line 3: invalid syntax; fix it"),
    ],
)
def test_a_mistake_that_fits_no_answer_is_named(course, quick_generate, old, new, words):
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
    assert release["cells"][2]["metadata"].keys() == {"nbgrader", "tags"}


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
    assert sorted(contents(build(course, "net").path)) == ["helper.py", "net.ipynb"]


@pytest.mark.parametrize("name", ["net.ipynb", "hidden_tests.py"])
def test_a_missing_source_is_named(course, name):
    (course.solution_dir("net") / name).unlink()
    with pytest.raises(BuildError, match=f"{name}: not found"):
        build(course, "net")


def test_a_file_that_is_not_python_is_a_failure_not_a_crash(course, quick_generate):
    (course.solution_dir("net") / "mistakes.py").write_text("MISTAKES = [")
    with pytest.raises(BuildError, match=r"mistakes\.py: line 1: .*; fix it"):
        build(course, "net")


def test_json_of_a_release_is_what_jupyter_writes(course, quick_generate):
    import nbformat

    text = (build(course, "net").path / "net.ipynb").read_text()
    assert nbformat.writes(nbformat.from_dict(json.loads(text))) + "\n" == text


def test_a_release_says_its_language_unless_that_is_english(
    course: Course, quick_generate: None
) -> None:
    path = build(course, "net").path / "net.ipynb"
    assert "language" not in loads(path.read_bytes())["metadata"]["grader"]
    assert language_of(path) == "en"
    german = course.model_copy(update={"language": "de"})
    assert language_of(build(german, "net").path / "net.ipynb") == "de"


def test_a_release_tells_grader_check_the_limits_of_the_course(
    course: Course, quick_generate: None
) -> None:
    path = build(course, "net").path / "net.ipynb"
    assert limits_of(path) == course.limits
