"""Which naming a download follows."""

from __future__ import annotations

import pytest

from grader.intake.naming.recognised import NAMINGS, recognised
from tests.kit.course import ID


@pytest.mark.parametrize("naming", sorted(NAMINGS))
def test_a_naming_can_be_forced(naming: str) -> None:
    names = {
        "moodle": "Ada_1_assignsubmission_file_/x.ipynb",
        "nbgrader": "ada+tiny+2026-01-09 10:00:00 UTC/x.ipynb",
        "github": "tiny-ada/.git",
        "canvas": "ada_1_2_x.ipynb",
        "folder": "ada/x.ipynb",
    }
    entries = [*names.values(), "tiny-ada/x.ipynb"]
    kind, found = recognised(entries, ID, naming)
    assert kind == naming
    assert names[naming].split("/")[0] in {file.entry.split("/")[0] for file in found}
