"""The contents of the zip for Gradescope."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.gradescope_package import gradescope_zip
from grader.notebook import Notebook
from tests.kit.course import ID, write_course


@pytest.mark.slow
def test_the_zip_has_the_two_scripts_at_its_root_and_nothing_of_the_machine(
    course: Course,
    release: Notebook,
) -> None:
    package = gradescope_zip(course, ID)
    assert package == gradescope_zip(course, ID)
    with zipfile.ZipFile(BytesIO(package)) as archive:
        modes = {m.filename: m.external_attr >> 16 & 0o777 for m in archive.infolist()}
        assert (modes["setup.sh"], modes["run_autograder"]) == (0o755, 0o755)
        assert archive.read("run_autograder").startswith(b"#!")
        hidden = [name for name in modes if name.startswith(f"course/solutions/{ID}/")]
        assert f"course/solutions/{ID}/hidden_tests.py" in hidden
        assert {modes[name] for name in hidden} == {0o600}
        assert "kit/grader/box/inside/runner.py" in modes
        assert not [name for name in modes if "pycache" in name or "gradebook.db" in name]
        pins = archive.read("requirements.txt").decode().split()
        assert {"numpy", "ipython", "nbgrader"} <= {pin.split("==")[0] for pin in pins}
        assert not {"mypy", "playwright", "grader"} & {pin.split("==")[0] for pin in pins}
        assert str(course.root).encode() not in archive.read("course/course.yml")


def test_an_assignment_that_is_not_built_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run `grader build tiny` first"):
        gradescope_zip(write_course(tmp_path), ID)
