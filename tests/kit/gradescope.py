"""A folder that stands for /autograder, and the form of results.json.

The tables of keys are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from grader.notebook import Notebook, dumps

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
    """Every key is known, and its value is of the right type or one of the allowed words."""
    for key, value in found.items():
        allowed = known[key]
        fits = value in allowed if isinstance(allowed, set) else isinstance(value, allowed)
        assert fits, (key, value)


def assert_valid(found: dict[str, Any]) -> None:
    """Assert that keys and types are as documented, a score is there, and none is too large."""
    assert_fits(found, TOP)
    tests = found.get("tests", [])
    assert "score" in found or (tests and all("score" in test for test in tests))
    for test in tests:
        assert_fits(test, TEST)
        assert 0 <= test["score"] <= test["max_score"]
        assert all(isinstance(tag, str) for tag in test.get("tags", []))
    json.dumps(found, allow_nan=False)


@dataclass(frozen=True)
class Gradescope:
    """A folder that stands for /autograder, set up by the package's own setup.sh."""

    root: Path

    def run(self, **files: Notebook | bytes) -> subprocess.CompletedProcess[str]:
        for name in ("submission", "results"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        for name, file in files.items():
            data = file if isinstance(file, bytes) else dumps(file).encode()
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
            "PIP_NO_INDEX": "1",  # so that a missing package is an error and not a download
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
        venv.create(self.root / "venv", symlinks=True)
        packages = next((self.root / "venv").glob("lib/python*/site-packages"))
        # Instead of a download, use the packages that are installed here, pip too, but not the kit.
        (packages / "here.pth").write_text(sysconfig.get_path("purelib") + "\n")
        done = self._script("source/setup.sh")
        assert done.returncode == 0, done.stderr
