"""The workflow for students' repositories on GitHub: little is trusted, and its steps run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.files import ROOT

FILE = ROOT / "examples" / "github" / "check.yml"


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(FILE.read_text())["jobs"]["check"]["steps"]
    return found


def test_it_may_only_read_and_knows_no_secret() -> None:
    workflow = yaml.safe_load(FILE.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["check"]
    assert "${{" not in FILE.read_text()  # no expression, so nothing is put into a shell's text


def test_actions_are_pinned_by_their_commit(steps: list[dict[str, Any]]) -> None:
    used = [step["uses"] for step in steps if "uses" in step]
    assert len(used) == 2
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", name) for name in used)
    assert steps[0]["with"] == {"persist-credentials": False}


def test_only_the_light_package_is_installed(steps: list[dict[str, Any]]) -> None:
    assert steps[2]["run"] == "python -m pip install chainrule"


@pytest.mark.slow
@pytest.mark.parametrize(("finished", "code"), [(True, 0), (False, 1)])
def test_the_check_runs_and_its_result_is_in_the_summary(
    steps: list[dict[str, Any]], tmp_path: Path, finished: bool, code: int
) -> None:
    clone, summary = tmp_path / "clone", tmp_path / "summary.md"
    shutil.copytree(ROOT / "assignments" / "backprop", clone / "week 3")
    (clone / ".ipynb_checkpoints").mkdir()
    (clone / ".ipynb_checkpoints" / "broken.ipynb").write_text("{")
    if finished:
        work = ROOT / "examples" / "submitted" / "ada" / "backprop" / "backprop.ipynb"
        shutil.copy(work, clone / "week 3")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps[3]["run"]],
        cwd=clone,
        env={**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    text = summary.read_text()
    assert text.startswith("### `./week 3/backprop.ipynb`\n\n    ")
    assert "broken" not in text
    assert "gates" in text
