"""Full names are split as the people who bear them would."""

from __future__ import annotations

import pytest

from grader.course.names import split_name


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Lovelace, Ada", "Ada", "Lovelace"),
        ("García Márquez, Gabriel", "Gabriel", "García Márquez"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Vincent Willem Van Gogh", "Vincent Willem", "Van Gogh"),
        ("María de la Cruz", "María", "de la Cruz"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"),
        ("Martin Luther King Jr.", "Martin Luther", "King Jr."),
        ("Marie DUPONT MARTIN", "Marie", "DUPONT MARTIN"),
        ("MAO Zedong", "Zedong", "MAO"),
        ("  Zoe\u0308   Dee ", "Zoë", "Dee"),
        ("李佳", "佳", "李"),
        ("欧阳娜娜", "娜娜", "欧阳"),
        ("司马光", "光", "司马"),
        ("李 佳", "佳", "李"),
        ("李，佳", "佳", "李"),
        ("阿卜杜拉·买买提", "", "阿卜杜拉·买买提"),
        ("김민수", "민수", "김"),
        ("やまだたろう", "", "やまだたろう"),
        ("Madonna", "", "Madonna"),
        ("", "", ""),
    ],
)
def test_a_full_name_is_split(name: str, given: str, family: str) -> None:
    assert split_name(name) == (given, family)
