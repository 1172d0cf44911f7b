"""Loading an assignment for grading: what it holds, when it counts as changed, what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import GraderError, JudgeError, UsageError
from tests.kit.course import HIDDEN_TESTS, ID, release_by_hand, write_course

SOLUTION, RELEASE = Path("solutions", ID), Path("assignments", ID)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = write_course(tmp_path)
    release_by_hand(made)
    return made


def test_a_bundle_holds_what_grading_needs_and_travels_to_a_worker(course: Course) -> None:
    bundle = load_bundle(course, ID)
    assert bundle.files == {"helper.py": b"ANSWER = 42\n"}
    assert bundle.hidden_tests == HIDDEN_TESTS
    assert "return 2 * x" in bundle.reference
    assert "return 2 * x" not in str(bundle.release)
    assert pickle.loads(pickle.dumps(bundle)) == bundle


def test_the_release_may_lie_elsewhere(course: Course, tmp_path: Path) -> None:
    """A build checks a release before it puts it in place."""
    elsewhere = tmp_path / "elsewhere"
    course.release_dir(ID).rename(elsewhere)
    assert load_bundle(course, ID, elsewhere).files == {"helper.py": b"ANSWER = 42\n"}


def test_an_assignment_needs_no_catalogue(course: Course, tmp_path: Path) -> None:
    (tmp_path / SOLUTION / "mistakes.py").unlink()
    assert load_bundle(course, ID).mistakes == ""


@pytest.mark.parametrize(
    "name",
    [
        "hidden_tests.py",
        "mistakes.py",
        "Hidden_Tests.py",
        "deep/hidden_tests.py",
        ".ipynb_checkpoints/helper.py",
        ".git/config",
        "copy.ipynb",
        "__pycache__/a.pyc",
    ],
)
def test_what_students_must_not_get_never_reaches_a_box(
    course: Course, tmp_path: Path, name: str
) -> None:
    """Not even if it was left in the release folder."""
    stray = tmp_path / RELEASE / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"")
    assert set(load_bundle(course, ID).files) == {"helper.py"}


def test_helpers_in_folders_keep_their_place(course: Course, tmp_path: Path) -> None:
    (tmp_path / RELEASE / "data").mkdir()
    (tmp_path / RELEASE / "data" / "digits.npz").write_bytes(b"\x00\xff")
    assert load_bundle(course, ID).files["data/digits.npz"] == b"\x00\xff"


# The digest changes when a score could change


def edit(path: Path, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


CHANGES = {
    "a hidden test": edit(SOLUTION / "hidden_tests.py", "is 2x", "is 2·x"),
    "the catalogue": edit(SOLUTION / "mistakes.py", "[]", "[  ]"),
    "the reference": edit(SOLUTION / f"{ID}.ipynb", "x * x", "x ** 2"),
    "the release": edit(RELEASE / f"{ID}.ipynb", "square(3) == 9", "square(2) == 4"),
    "a helper": edit(RELEASE / "helper.py", "42", "43"),
    "the seed": edit(Path("course.yml"), "seed: 7", "seed: 8"),
    "a limit": edit(Path("course.yml"), "cell_timeout_s: 10", "cell_timeout_s: 9"),
    "points": edit(Path("course.yml"), "square: 2", "square: 3"),
    "small inputs": lambda root: (root / SOLUTION / "small_inputs.py").write_text("# none"),
    "a new helper": lambda root: (root / RELEASE / "more.py").touch(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_digest_changes_with(course: Course, tmp_path: Path, what: str) -> None:
    before = load_bundle(course, ID).digest
    CHANGES[what](tmp_path)
    assert load_bundle(Course.load(tmp_path), ID).digest != before


def test_the_digest_does_not_change_by_itself(course: Course, tmp_path: Path) -> None:
    """It stays the same after loading again, and after changes that no score depends on."""
    before = load_bundle(course, ID).digest
    edit(SOLUTION / f"{ID}.ipynb", "# Tiny", "# A tiny course")(tmp_path)
    edit(Path("course.yml"), "name: Tiny course", "name: Small course")(tmp_path)
    edit(Path("course.yml"), "due: 2026-01-10", "due: 2026-01-17")(tmp_path)
    edit(RELEASE / f"{ID}.ipynb", "# Tiny", r"# Tiny\n\n*9 points, due 2026-01-17*")(tmp_path)
    assert load_bundle(Course.load(tmp_path), ID).digest == before


def test_grading_unsafely_is_another_bundle(course: Course) -> None:
    assert load_bundle(course, ID).digest != load_bundle(course, ID, unsafe=True).digest


# What is refused, in one line with the file


def test_an_unknown_assignment_is_wrong_use(course: Course) -> None:
    with pytest.raises(UsageError, match="known: tiny"):
        load_bundle(course, "nope")


@pytest.mark.parametrize(
    "path, remedy",
    [
        (RELEASE / f"{ID}.ipynb", "run `grader build tiny` first"),
        (SOLUTION / f"{ID}.ipynb", "grading needs it"),
        (SOLUTION / "hidden_tests.py", "grading needs it"),
    ],
)
def test_a_missing_file_is_an_error_with_the_remedy(
    course: Course, tmp_path: Path, path: Path, remedy: str
) -> None:
    (tmp_path / path).unlink()
    with pytest.raises(UsageError) as caught:
        load_bundle(course, ID)
    assert str(caught.value) == f"{tmp_path / path}: not found; {remedy}"


@pytest.mark.parametrize(
    "path, content, reason",
    [
        (SOLUTION / "hidden_tests.py", b"# \xe9", "not UTF-8 text"),
        (SOLUTION / "mistakes.py", b"# \xe9", "not UTF-8 text"),
        (SOLUTION / f"{ID}.ipynb", b'{"cells": [', "not valid JSON"),
        (SOLUTION / f"{ID}.ipynb", b"\xff\x00\x80", "not UTF-8 text"),
        (RELEASE / f"{ID}.ipynb", b"[]", "no list of cells"),
        (RELEASE / f"{ID}.ipynb", b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_file_of_ours_is_one_line_that_names_it(
    course: Course, tmp_path: Path, path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / path).write_bytes(content)
    with pytest.raises(JudgeError) as caught:
        load_bundle(course, ID)
    told = str(caught.value)
    assert told.startswith(f"{tmp_path / path}: ")
    assert reason in told
    assert "\n" not in told


def test_a_folder_in_place_of_a_file_is_an_error(course: Course, tmp_path: Path) -> None:
    path = tmp_path / SOLUTION / "hidden_tests.py"
    path.unlink()
    path.mkdir()
    with pytest.raises(GraderError, match="cannot be read"):
        load_bundle(course, ID)


def test_a_solution_that_is_no_python_is_named_with_its_cell(
    course: Course, tmp_path: Path
) -> None:
    edit(SOLUTION / f"{ID}.ipynb", "return x * x", "return x *")(tmp_path)
    with pytest.raises(JudgeError, match=r"cell 'square': line 3: .*plain Python"):
        load_bundle(course, ID)


def test_points_that_the_release_does_not_tell_yet_are_known(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    release_by_hand(course)
    assert load_bundle(course, ID).with_other_points == []
    path = course.root / "course.yml"
    path.write_text(
        path.read_text().replace("double: 4", "double: 8").replace("points: 3", "points: 2")
    )
    assert load_bundle(Course.load(course.root), ID).with_other_points == ["double", "why"]
