"""Columns of exports are known by their names, in five languages."""

from __future__ import annotations

import pytest

from grader.course.headings import headings


@pytest.mark.parametrize(
    ("system", "header", "columns"),
    [
        (
            "canvas",
            "Student|ID|SIS User ID|SIS Login ID|Section|Notes",
            "name canvas_id sis_id sis_login section",
        ),
        (
            "canvas",
            "canvas_user_id|user_id|login_id|first_name|last_name|email",
            "canvas_id sis_id sis_login first_name last_name email",
        ),
        (
            "moodle",
            "First name|Last name|ID number|Institution|Email address",
            "first_name last_name sis_id - email",
        ),
        (
            "moodle",
            "Vorname|Nachname|ID-Nummer|Institution|E-Mail-Adresse",
            "first_name last_name sis_id - email",
        ),
        (
            "moodle",
            "Prénom|Nom|Numéro d'identification|Adresse de courriel",
            "first_name last_name sis_id email",
        ),
        (
            "moodle",
            "Nombre|Apellido(s)|Número de ID|Dirección de correo",
            "first_name last_name sis_id email",
        ),
        ("moodle", "名|姓|学号|电子邮件地址|小组", "first_name last_name sis_id email section"),
        ("csv", "学号|姓名|班级", "sis_id name section"),
        ("csv", "id|Name|E_Mail|github", "id name email github"),
        ("csv", "Matrikelnr.|Name|Vorname", "sis_id last_name first_name"),
        ("csv", "Nombre|Matrícula", "name sis_id"),
    ],
)
def test_a_column_is_known_by_its_name(system: str, header: str, columns: str) -> None:
    wanted = {name: i for i, name in enumerate(columns.split()) if name != "-"}
    assert headings(header.split("|"), system) == wanted
