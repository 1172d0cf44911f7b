"""Students get one file, with what was built and nothing else."""

from __future__ import annotations

import io
import zipfile

import pytest

from grader.course.settings import Course
from grader.errors import BuildError
from grader.release.build import build
from grader.release.handout import handout
from tests.kit.course import ID


@pytest.mark.slow
def test_students_get_the_folder_of_the_release_as_one_file(course: Course) -> None:
    build(course, ID)
    (course.release_dir(ID) / ".ipynb_checkpoints").mkdir()
    (course.release_dir(ID) / ".ipynb_checkpoints" / "seen.ipynb").write_text("{}")
    data = handout(course, ID)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [f"{ID}/helper.py", f"{ID}/{ID}.ipynb"]
        released = (course.release_dir(ID) / f"{ID}.ipynb").read_bytes()
        assert archive.read(f"{ID}/{ID}.ipynb") == released
    assert handout(course, ID) == data


def test_what_was_never_built_is_not_called_stale(course: Course) -> None:
    with pytest.raises(BuildError, match=f"not built yet; run `grader build {ID}`"):
        handout(course, ID)


@pytest.mark.slow
def test_what_was_not_built_after_a_change_is_not_handed_out(course: Course) -> None:
    build(course, ID)
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("double: 4", "double: 5"))
    with pytest.raises(BuildError):
        handout(Course.load(course.root), ID)
