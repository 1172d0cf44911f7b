"""Gradescope: the autograder's zip, run here the way Gradescope runs it, and what it writes.

The form of results.json is checked by the table of keys in
https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from grader.box.launch import launcher
from grader.course.settings import Course
from grader.errors import BoxError, UsageError
from grader.export.export import export
from grader.export.gradescope import results
from grader.export.gradescope_package import gradescope_zip
from grader.gradebook.records import save_result
from grader.notebook import Notebook, dumps, grade_id
from grader.results import CheckResult, Note, NoteKind, QuestionResult, Status, SubmissionResult
from tests.kit.course import ID, make_result, release_by_hand, write_course

VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
TOP: dict[str, Any] = {
    "score": float,
    "execution_time": float | int,
    "output": str,
    "output_format": FORMATS,
    "test_output_format": FORMATS,
    "test_name_format": FORMATS,
    "visibility": VISIBILITIES,
    "stdout_visibility": VISIBILITIES,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST: dict[str, Any] = {
    "score": float,
    "max_score": float,
    "status": {"passed", "failed"},
    "name": str,
    "name_format": FORMATS,
    "number": str,
    "output": str,
    "output_format": FORMATS,
    "tags": list,
    "visibility": VISIBILITIES,
    "extra_data": dict,
}


def assert_fits(found: dict[str, Any], known: dict[str, Any]) -> None:
    for key, value in found.items():
        allowed = known[key]
        fits = value in allowed if isinstance(allowed, set) else isinstance(value, allowed)
        assert fits, (key, value)


def assert_valid(found: dict[str, Any]) -> None:
    """Keys and types as documented; a score on top or on each test; no score above its maximum."""
    assert_fits(found, TOP)
    tests = found.get("tests", [])
    assert "score" in found or (tests and all("score" in test for test in tests))
    for test in tests:
        assert_fits(test, TEST)
        assert 0 <= test["score"] <= test["max_score"]
        assert all(isinstance(tag, str) for tag in test.get("tags", []))
    json.dumps(found, allow_nan=False)


def answered(release: Notebook, **answers: str) -> bytes:
    notebook = json.loads(json.dumps(release))
    for cell in notebook["cells"]:
        if body := answers.get(grade_id(cell) or ""):
            cell["source"] = f"def {grade_id(cell)}(x):\n    return {body}"
    return dumps(notebook).encode()


@dataclass(frozen=True)
class Gradescope:
    """A folder that stands for /autograder, set up by the package's own setup.sh."""

    root: Path

    def run(self, **files: bytes) -> subprocess.CompletedProcess[str]:
        for name in ("submission", "results"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        for name, data in files.items():
            (self.root / "submission" / f"{name}.ipynb").write_bytes(data)
        user = {"email": "ada@example.org", "id": 1234, "name": "Ada"}
        metadata = {"created_at": "2026-01-09T14:22:32.365935-07:00", "users": [user]}
        (self.root / "submission_metadata.json").write_text(json.dumps(metadata))
        return self._script("run_autograder")

    def results(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text())
        assert_valid(found)
        return found

    def _script(self, name: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "AUTOGRADER_ROOT": str(self.root),
            "PIP_NO_INDEX": "1",  # so that what is missing is an error and not a download
        }
        command = [str(self.root / name)]
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=300
        )

    def set_up(self, package: bytes) -> None:
        """What Gradescope does once: unpack, copy run_autograder, run setup.sh as root."""
        source = self.root / "source"
        with zipfile.ZipFile(BytesIO(package)) as archive:
            for member in archive.infolist():
                path = Path(archive.extract(member, source))
                path.chmod(member.external_attr >> 16 & 0o777)
        shutil.copy(source / "run_autograder", self.root)
        subprocess.run([sys.executable, "-m", "venv", self.root / "venv"], check=True)
        packages = next((self.root / "venv").glob("lib/python*/site-packages"))
        # In place of a download: what is installed here, except the kit itself.
        for older in packages.glob("setuptools*"):
            shutil.rmtree(older)
        (packages / "here.pth").write_text(sysconfig.get_path("purelib") + "\n")
        done = self._script("source/setup.sh")
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = write_course(tmp_path_factory.mktemp("course"))
    release_by_hand(course)
    return course


@pytest.fixture(scope="module")
def release(course: Course) -> Notebook:
    return release_by_hand(course)


@pytest.fixture(scope="module")
def gradescope(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Gradescope:
    try:
        launcher().close()
        unsafe = False
    except BoxError:
        unsafe = True
    machine = Gradescope(tmp_path_factory.mktemp("autograder"))
    machine.set_up(gradescope_zip(course, ID, unsafe=unsafe))
    return machine


def test_the_zip_has_the_two_scripts_at_its_root_and_nothing_of_the_machine(
    course: Course,
) -> None:
    package = gradescope_zip(course, ID)
    assert package == gradescope_zip(course, ID)
    with zipfile.ZipFile(BytesIO(package)) as archive:
        modes = {m.filename: m.external_attr >> 16 & 0o777 for m in archive.infolist()}
        assert (modes["setup.sh"], modes["run_autograder"]) == (0o755, 0o755)
        assert archive.read("run_autograder").startswith(b"#!")
        assert f"course/solutions/{ID}/hidden_tests.py" in modes
        assert "kit/grader/box/inside/runner.py" in modes
        assert not [name for name in modes if "pycache" in name or "gradebook.db" in name]
        pins = archive.read("requirements.txt").decode().split()
        assert {"numpy", "ipython", "nbgrader"} <= {pin.split("==")[0] for pin in pins}
        assert not {"mypy", "playwright", "grader"} & {pin.split("==")[0] for pin in pins}
        assert str(course.root).encode() not in archive.read("course/course.yml")


def test_run_autograder_writes_results_the_way_gradescope_runs_it(
    gradescope: Gradescope, release: Notebook
) -> None:
    done = gradescope.run(tiny=answered(release, double="2 * x", square="x + 1"))
    assert done.returncode == 0, done.stderr
    found = gradescope.results()
    assert found["score"] == 4.0
    assert [(t["number"], t["score"], t["max_score"], t["status"]) for t in found["tests"]] == [
        ("1.1", 3.0, 3.0, "passed"),
        ("1.2", 1.0, 1.0, "passed"),
        ("2.1", 0.0, 2.0, "failed"),
    ]
    assert found["tests"][2]["name"] == "square: square(x) is x²."
    assert "x²" in found["tests"][2]["output"]
    assert found["output"] == "Graded by a person, not here: why."
    assert found["execution_time"] > 0


def test_the_kit_that_is_packed_is_the_one_that_runs(gradescope: Gradescope) -> None:
    code = "import grader, sys; print(grader.__file__)"
    python = gradescope.root / "venv" / "bin" / "python"
    shown = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith(str(gradescope.root / "venv"))


def test_a_broken_notebook_gets_zero_and_the_reason(gradescope: Gradescope) -> None:
    assert gradescope.run(tiny=b"{").returncode == 0
    found = gradescope.results()
    assert found["score"] == 0.0
    assert "Rejected" in found["output"]
    assert gradescope.run(one=b"{}", two=b"{}").returncode == 0
    assert "There are 2 notebooks" in gradescope.results()["output"]


def test_a_submission_cannot_write_its_own_results(
    gradescope: Gradescope, release: Notebook
) -> None:
    target = gradescope.root / "results" / "results.json"
    attack = f"open({str(target)!r}, 'w').write('{{\"score\": 99}}') or 2 * x"
    assert gradescope.run(tiny=answered(release, double=attack)).returncode == 0
    assert gradescope.results()["score"] == 0.0


def test_without_a_score_there_are_no_results(gradescope: Gradescope, release: Notebook) -> None:
    tests = gradescope.root / "source" / "course" / "solutions" / ID / "hidden_tests.py"
    before = tests.read_text()
    try:
        tests.write_text(before.replace("x = float(rng.normal())", "x = 1 / 0"))
        done = gradescope.run(tiny=answered(release, double="2 * x"))
    finally:
        tests.write_text(before)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert not (gradescope.root / "results" / "results.json").exists()


def test_an_assignment_that_is_not_built_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run `grader build tiny` first"):
        gradescope_zip(write_course(tmp_path), ID)


def test_results_are_valid_whatever_happened(release: Notebook) -> None:
    checks = (CheckResult("t", "", False, 0.5, 2.0, "no"), CheckResult("u", "It is.", True, 2, 2))
    question = QuestionResult("double", 2.5, 4.0, checks=checks, hints=("Look at the sign.",) * 2)
    by_hand = QuestionResult("why", None, 3.0, manual=True)
    notes = (Note(NoteKind.REPAIRED, "Repaired."),)
    graded = SubmissionResult("ada", ID, Status.GRADED, 9.0, (question, by_hand), notes)
    found = results(graded)
    assert_valid(found)
    assert found["tests"][0]["output"] == "no\nHint: Look at the sign."
    assert found["output"] == "Repaired.\nGraded by a person, not here: why."
    with pytest.raises(ValueError, match="not graded"):
        results(SubmissionResult("ada", ID, Status.NOT_GRADED, 9.0))


def test_export_writes_one_file_per_graded_student(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    release = release_by_hand(course)
    save_result(course, make_result("ada", release, double=4.0))
    save_result(course, SubmissionResult("bela", ID, Status.NOT_GRADED, 9.0))
    files = export(course, (), "gradescope").files
    assert set(files) == {f"{ID}/ada.json"}
    assert_valid(json.loads(files[f"{ID}/ada.json"]))
