"""Moodle's grading worksheet is known in any language."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.worksheet import number_of, worksheet_of
from grader.system.table import read_table
from tests.kit.lms import WORKSHEETS


@pytest.mark.parametrize("language", WORKSHEETS)
def test_its_columns_are_found(tmp_path: Path, language: str) -> None:
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEETS[language])
    found = worksheet_of(read_table(path))
    assert found is not None
    places = (found.number, found.grade, found.maximum, found.changeable, found.submitted)
    assert places == (0, 4, 5, 6, 7)


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name\nada,Ada\n",
        "Identifier,Full name\nParticipant 1,Ada\nParticipant 1,Bela\n",
        "a,b,c,d\nteam 1,x,y,z\n",
        "student,submitted_at\n501,2026-01-01\n",
    ],
)
def test_other_tables_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert worksheet_of(read_table(path)) is None


def test_a_number_is_read_behind_any_word() -> None:
    cells = ["Participant 7001", "Teilnehmer/in7001", "参与者 7001", "7001", "Ada"]
    assert [number_of(cell) for cell in cells] == ["7001", "7001", "7001", "", ""]
