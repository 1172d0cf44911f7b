"""From an empty folder to grades with only the wheel, in an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from time import monotonic

import pytest

from tests.kit.files import ROOT

ID = "backprop"
PEEK = "import glob, sys\nprint('found', glob.glob(sys.prefix + '/share/chainrule/*'))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*command, str(folder)], cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the wheel installed, which sees what else is installed here."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run(
        [*pip, "--quiet", "--no-index", "--no-deps", str(wheel)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    return python


def _prepare_download(folder: Path) -> None:
    """Hand-ins of three students; the last one looks for the solutions."""
    for student in ("ada", "dana", "emil"):
        shutil.copytree(ROOT / "examples" / "submitted" / student / ID, folder / student)
    path = folder / "emil" / f"{ID}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "source": PEEK, "metadata": {}, "outputs": []}
    notebook["cells"].append({**cell, "execution_count": None, "id": "peek"})
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.linux
def test_the_wheel_alone_takes_a_class_from_an_empty_folder_to_grades(
    python: Path, tmp_path: Path
) -> None:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    env.pop("PYTHONPATH", None)
    _prepare_download(tmp_path / "download")

    def grader(step: str, *arguments: str, folder: Path) -> str:
        command, started = [str(python), "-m", "grader", step, *arguments], monotonic()
        done = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, timeout=300
        )
        print(f"{step} {' '.join(arguments)[:40]}: {monotonic() - started:.1f} s")  # with -rP
        assert done.returncode == 0, f"{step}: {done.stdout}{done.stderr}"
        return str(done.stdout)

    course = tmp_path / "nets"
    told = grader("init", "nets", "--assignments", ID, "--first-due", "2026-10-05", folder=tmp_path)
    assert "cd nets" in told
    assert str(ROOT) not in told
    grader("build", folder=course)
    grader("build", "--check", folder=course)
    grader("release", ID, folder=course)
    with zipfile.ZipFile(course / f"{ID}.zip") as archive:
        assert f"{ID}/{ID}.ipynb" in archive.namelist()
    grader("collect", ID, str(tmp_path / "download"), folder=course)
    grader("autograde", ID, "--workers", "2", folder=course)
    grader("report", ID, folder=course)
    grader("feedback", ID, folder=course)
    grader("give-back", ID, "--for", "zip", "--output", "pages.zip", folder=course)
    with zipfile.ZipFile(course / "pages.zip") as archive:
        assert len(archive.namelist()) == 3
    grader("export", ID, "--format", "csv", "--output", "grades.csv", folder=course)
    grades = (course / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in grades[1:]] == ['"ada"', '"dana"', '"emil"']
    assert (course / "reports" / f"{ID}.html").is_file()
    assert (course / "feedback" / "ada" / ID / f"{ID}.html").is_file()
    result = (course / "results" / ID / "emil.json").read_text(encoding="utf-8")
    assert "found []" in result  # student code sees no solution
