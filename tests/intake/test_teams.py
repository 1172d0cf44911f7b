"""Teams in Moodle are told, and their numbers are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.intake.submissions import find_submissions
from tests.kit.course import write_course
from tests.kit.downloads import download, taken

ROSTER = """\
id,first_name,last_name,moodle_id
ada,Ada,Lovelace,412
bela,Béla,Bartók,
413,Chidi,Okoye,
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = write_course(tmp_path / "course")
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    return course


def handed(who: str, suffix: str = "/") -> str:
    return f"{who}_assignsubmission_file_{suffix}tiny.ipynb"


@pytest.mark.parametrize("roster", [ROSTER, "id,moodle_id\nada,412\n413,\n", None])
@pytest.mark.parametrize("suffix", ["/", ""], ids=["folders", "files"])
@pytest.mark.parametrize(
    "teams",
    [
        ["Group 7_412", "Group 8_413", "Default group"],
        ["Gryffindor_412", "Ada Lovelace_413", "Standardgruppe"],
        ["Gruppe A_412", "Team Rot_413"],
        ["Group 7_412"],
        ["Lab group 3_412", "第1小组_413"],
    ],
)
def test_what_a_team_handed_in_is_told(
    course: Course, tmp_path: Path, teams: list[str], suffix: str, roster: str | None
) -> None:
    course.roster_path.unlink()
    if roster is not None:
        course.roster_path.write_text(roster, encoding="utf-8")
    source = download(tmp_path / "in", *(handed(team, suffix) for team in teams))
    found, said = taken(course, source)
    assert found == {}
    for team in teams:
        assert f"{team.split('_')[0]}: left out: a team's work, and a group's number" in said


def test_names_that_may_be_those_of_groups_are_listed(course: Course, tmp_path: Path) -> None:
    source = download(tmp_path / "in", handed("Gryffindor_412"), handed("Slytherin_413"))
    found, said = taken(course, source)
    assert found == {}
    assert "Gryffindor: left out: the roster has no name of this download, so 412 may be" in said


@pytest.mark.parametrize("others", [[], ["Participant_99"]])
def test_blind_marking_is_no_team_submission(
    course: Course, tmp_path: Path, others: list[str]
) -> None:
    source = download(tmp_path / "in", *map(handed, ["Participant_412", *others]))
    assert set(taken(course, source)[0]) == {"ada"}


def test_of_damaged_names_the_numbers_still_decide(course: Course, tmp_path: Path) -> None:
    assert set(taken(course, download(tmp_path / "in", handed("??? ????????_412")))[0]) == {"ada"}


def test_a_student_whose_name_is_like_a_groups_is_a_student(course: Course, tmp_path: Path) -> None:
    course.roster_path.write_text("id,first_name,last_name\nada,Team,Lee\nbela,Grupova,Ann\n")
    files = [handed("Team Lee_1"), handed("Grupova Ann_2")]
    assert set(taken(course, download(tmp_path / "in", *files))[0]) == {"ada", "bela"}


@pytest.mark.parametrize("suffix", ["/", ""], ids=["folders", "files"])
def test_a_team_of_groups_csv_is_collected_for_its_members(
    course: Course, tmp_path: Path, suffix: str
) -> None:
    groups = "group,student\nGroup 7,bela\nGroup 7,ada\nGryffindor,413\n"
    course.groups_path.write_text(groups, encoding="utf-8")
    teams = ["group  7_412", "Gryffindor_413", "Slytherin_414", "Default group"]
    found, said = taken(course, download(tmp_path / "in", *(handed(t, suffix) for t in teams)))
    assert found == {"ada": handed(teams[0], suffix), "413": handed(teams[1], suffix)}
    assert "Slytherin: left out: a team's work" in said
    assert "write groups.csv, with the line group,student" in said
    assert len(find_submissions(course, "tiny")) == 3  # ada's counts for bela, too
    assert [s.student for s in find_submissions(course, "tiny")] == ["413", "ada", "bela"]


def test_a_student_whom_a_group_is_named_after_is_no_group(course: Course, tmp_path: Path) -> None:
    course.groups_path.write_text("group,student\nAda Lovelace,bela\n", encoding="utf-8")
    found, _ = taken(course, download(tmp_path / "in", handed("Ada Lovelace_412")))
    assert set(found) == {"ada"}
