"""What the Dockerfile promises. Building it needs an engine, and a registry of base images."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.kit.files import ROOT

LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
LAST_STAGE = LINES[max(i for i, line in enumerate(LINES) if line.startswith("FROM ")) :]
SENT = [
    line.removeprefix("!")
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line.startswith("!")
]


def test_nothing_in_the_image_runs_as_root() -> None:
    (user,) = [line.split()[1] for line in LAST_STAGE if line.startswith("USER ")]
    assert any(re.search(rf"useradd .*--uid [1-9]\d* {user}\b", line) for line in LAST_STAGE)


def test_the_health_check_is_grader_doctor() -> None:
    (check,) = [line for line in LAST_STAGE if line.startswith("HEALTHCHECK ")]
    assert check.endswith('CMD ["grader", "doctor"]')


def test_packages_are_checked_by_hash() -> None:
    installs = [part for line in LINES for part in line.split("&&") if "pip install" in part]
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-deps dist/" in install


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_to_the_engine_exists(name: str) -> None:
    assert (ROOT / name).exists()


def test_what_a_wheel_is_made_of_is_sent_to_the_engine() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    files = [project["project"]["readme"], *project["project"]["license-files"]]
    sources = [*wheel["packages"], *wheel.get("force-include", {}), *files]
    assert {source.split("/")[0] for source in sources} <= set(SENT)
