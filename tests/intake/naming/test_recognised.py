"""Which naming a download follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.naming.recognised import NAMINGS, recognised
from tests.kit.course import ID
from tests.kit.downloads import download, taken

DECOYS = {
    "canvas": "lovelaceada_501_{}_tiny.ipynb",
    "moodle": "Ada Lovelace_70{}_assignsubmission_file_/tiny.ipynb",
    "blackboard": "HW2_ada_attempt_2026-01-01-10-00-{:02}_tiny.ipynb",
    "inbound": "ada+tiny+2026-01-01 10:00:{:02} UTC/tiny.ipynb",
    "github": "tiny-ada/.git/{}/tiny.ipynb",
}


@pytest.mark.parametrize("naming", sorted(NAMINGS))
def test_a_naming_can_be_forced(naming: str) -> None:
    names = {
        "moodle": "Ada_1_assignsubmission_file_/x.ipynb",
        "nbgrader": "ada+tiny+2026-01-09 10:00:00 UTC/x.ipynb",
        "github": "tiny-ada/.git",
        "canvas": "ada_1_2_x.ipynb",
        "folder": "ada/x.ipynb",
        "brightspace": "1-2 - Ada Lovelace - Jan 5, 2026 926 PM/x.ipynb",
        "sakai": "Lovelace, Ada(ada)/Submission attachment(s)/x.ipynb",
        "teams": "Ada/Tiny/Version 1/x.ipynb",
    }
    entries = [*names.values(), "tiny-ada/x.ipynb"]
    kind, found = recognised(entries, ID, naming)
    assert kind == naming
    assert names[naming].split("/")[0] in {file.entry.split("/")[0] for file in found}


@pytest.mark.parametrize("decoy", sorted(DECOYS))
@pytest.mark.parametrize("inside", ["", "more/", f"{ID}/"])
@pytest.mark.parametrize(
    "others", [["bela/tiny.ipynb"], ["bela/tiny.ipynb", "mei1/tiny.ipynb"], []]
)
def test_one_folder_with_many_notebooks_does_not_outvote_the_others(
    course: Course, tmp_path: Path, decoy: str, inside: str, others: list[str]
) -> None:
    many = [f"chidi/{inside}{DECOYS[decoy]}".format(n) for n in range(20)]
    if decoy == "github":
        many += [f"chidi/{inside}tiny-ada/.git/HEAD", f"chidi/{inside}tiny-ada/tiny.ipynb"]
    found, _ = taken(course, download(tmp_path / "in", *others, *many))
    assert {name.split("/")[0] for name in others} <= set(found)
    assert "ada" not in found


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        ("okaforchidi_503_9001_{}", "vonszabóbéla_502_9002_tiny.ipynb"),
        (
            "Chidi Okafor_7003_assignsubmission_file_{}",
            "Béla von Szabó_1_assignsubmission_file_x.ipynb",
        ),
        (
            "Chidi Okafor_7003_assignsubmission_file_/{}",
            "Béla von Szabó_1_assignsubmission_file_/x.ipynb",
        ),
        ("HW_chidi_attempt_2026-01-09-10-00-00_{}", "HW_bela_attempt_2026-01-09-10-00-00_x.ipynb"),
        ("chidi+tiny+2026-01-09 10:00:00 UTC/{}", "bela+tiny+2026-01-09 10:00:00 UTC/tiny.ipynb"),
    ],
    ids=["canvas", "moodle-flat", "moodle", "blackboard", "inbound"],
)
@pytest.mark.parametrize("wrapper", ["", "submissions/"])
def test_what_a_student_wrote_into_a_file_name_does_not_count(
    course: Course, tmp_path: Path, mine: str, others: str, wrapper: str
) -> None:
    decoys = [mine.format(decoy.format(n)) for decoy in DECOYS.values() for n in range(3)]
    files = [wrapper + name for name in (mine.format("tiny.ipynb"), *decoys, others)]
    found, _ = taken(course, download(tmp_path / "in", *files))
    assert "ada" not in found
    assert found["bela"] == wrapper + others


def test_names_that_two_systems_may_have_given_are_for_the_instructor_to_settle() -> None:
    entries = ["okaforchidi_503_9001_HW2_ada_attempt_2026-01-01-10-00-00_x.ipynb"]
    with pytest.raises(UsageError, match="may be those of nbgrader or of canvas; say which"):
        recognised(entries, ID)
    (file,) = recognised(entries, ID, "canvas")[1]
    assert file.key == "503"


def test_the_downloads_of_several_sections_are_collected_at_once(
    course: Course, tmp_path: Path
) -> None:
    names = ["A/lovelaceada_501_9001_tiny.ipynb", "B/okaforchidi_503_9002_tiny.ipynb"]
    assert set(taken(course, download(tmp_path / "in", *names))[0]) == {"ada", "chidi"}


def test_a_released_name_that_looks_like_canvass_is_no_canvas_name() -> None:
    entries = [f"{who}/lab_3_1_relu.ipynb" for who in ("ada", "bela")]
    kind, files = recognised(entries, ID)
    assert (kind, [file.key for file in files]) == ("folder", ["ada", "bela"])


@pytest.mark.parametrize(
    ("kind", "names"),
    {
        "canvas": ["lovelaceada_501_9001_report.pdf", "okaforchidi_503_9003_work.zip/a/notes.txt"],
        "moodle": [
            "Ada Lovelace_71_assignsubmission_file_/tiny.py",
            "x_72_assignsubmission_onlinetext_/a.html",
        ],
        "folder": ["ada/report.pdf", "chidi/tiny.py"],
    }.items(),
)
def test_a_download_without_any_notebook_is_told_by_all_its_files(
    kind: str, names: list[str]
) -> None:
    assert recognised(names, ID)[0] == kind
    assert {file.entry for file in recognised(names, ID)[1]} == set(names)
