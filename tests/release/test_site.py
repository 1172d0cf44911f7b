"""A static site: released files only, replaced whole, and nothing else overwritten."""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import BuildError, UsageError
from grader.release.site import write_site
from tests.kit.course import ID, release_by_hand, write_course
from tests.kit.files import contents
from tests.kit.site import archive_of_runtime


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = write_course(tmp_path / "course")
    release_by_hand(course)
    return course


@pytest.mark.slow
def test_a_site_holds_what_was_released_and_its_own_runtime(course: Course, tmp_path: Path) -> None:
    released = course.release_dir(ID)
    (released / "helper.py").write_text("VALUE = 1\n")
    (released / ".DS_Store").write_text("debris")
    site = tmp_path / "public" / "site"
    write_site(course, (), site, archive_of_runtime(tmp_path / "runtime.tar.bz2"))
    assert sorted(contents(site / "lite" / "files" / ID)) == ["helper.py", f"{ID}.ipynb"]
    assert (site / "lite" / "files" / ID / f"{ID}.ipynb").read_bytes() == (
        released / f"{ID}.ipynb"
    ).read_bytes()
    page = (site / "index.html").read_text()
    assert f'<a href="lite/notebooks/index.html?path={ID}/{ID}.ipynb">Tiny</a>' in page
    assert "2026-01-10 12:00 (UTC)" in page
    config = json.loads((site / "lite" / "jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"
    assert (site / "lite" / "static" / "pyodide" / "pyodide.mjs").is_file()
    assert len(config["federated_extensions"]) == 1  # none of those that teachers have installed
    assert [path.name for path in (tmp_path / "public").iterdir()] == ["site"]


def test_an_earlier_site_stays_if_the_new_one_fails(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    site = tmp_path / "site"
    site.mkdir()
    (site / ".chainrule-site").touch()
    (site / "of before").touch()
    with pytest.raises(BuildError, match="JupyterLite did not build the site"):
        write_site(course, (), site, None)
    assert sorted(contents(site)) == [".chainrule-site", "of before"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_nothing_else_is_overwritten(course: Course, tmp_path: Path, kind: str) -> None:
    output = tmp_path / "thesis"
    if kind == "folder":
        output.mkdir()
    kept = output / "chapter" if kind == "folder" else output
    kept.write_text("years of work")
    with pytest.raises(UsageError, match=r"thesis: .* name a new folder with --output"):
        write_site(course, (), output, None)
    assert kept.read_text() == "years of work"


def test_an_assignment_that_was_not_released_is_named(course: Course, tmp_path: Path) -> None:
    (course.release_dir(ID) / f"{ID}.ipynb").unlink()
    with pytest.raises(BuildError, match=f"{ID}.ipynb: not found; run `grader build {ID}` first"):
        write_site(course, (), tmp_path / "site", None)
    assert not (tmp_path / "site").exists()


def test_what_is_no_whole_runtime_is_refused(course: Course, tmp_path: Path) -> None:
    (tmp_path / "page.tar.bz2").write_text("<html>not found</html>")
    core = archive_of_runtime(tmp_path / "core.tar.bz2", with_packages=False)
    with tarfile.open(tmp_path / "folders.tar.bz2", "w:bz2") as folders:
        member = tarfile.TarInfo("pyodide/pyodide-lock.json")
        member.type = tarfile.DIRTYPE
        folders.addfile(member)
    for archive, told in (
        (tmp_path / "folders.tar.bz2", "folders.tar.bz2: is no archive of a runtime"),
        (tmp_path / "page.tar.bz2", "page.tar.bz2: is no archive of a runtime"),
        (core, "core.tar.bz2: has no numpy or matplotlib in it; download"),
    ):
        with pytest.raises(UsageError, match=told):
            write_site(course, (), tmp_path / "site", archive)
    assert not (tmp_path / "site").exists()


def test_without_jupyterlite_it_says_what_to_install(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.release.site.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"type: pip install 'chainrule\[site\]'"):
        write_site(course, (), tmp_path / "site", None)
