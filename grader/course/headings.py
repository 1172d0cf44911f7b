"""What exports of an LMS call their columns, in English, Chinese, German, French and Spanish.

The words are those of Canvas's `GradebookExporter`, of Moodle's language packs (`moodle.php`,
`assign.php`), and of class lists as registrars send them. Case, blanks and signs play no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.course.roster import name_key

__all__ = ["FULL_NAME", "ROLE", "headings", "titled"]

FULL_NAME, ROLE = "name", "role"

WORDS = {
    "id": "id",
    "first_name": "First name|Firstname|Given name|Given names|Forename|名|名字|Vorname|Vornamen|"
    "Rufname|"
    "Prénom|Prénoms|Prenom",
    "last_name": "Last name|Lastname|Surname|Family name|姓|姓氏|Nachname|Familienname|Zuname|"
    "Nom de famille|Apellido|Apellidos|Apellido(s)|Primer apellido",
    FULL_NAME: "Name|Full name|Student|Student name|Sortable name|Display name|User full name|"
    "First name / Last name|First name / Surname|Last name, First name|Learner|"
    "姓名|全名|学生姓名|学生|名称|真实姓名|"
    "Vollständiger Name|Vor- und Nachname|Vorname / Nachname|Teilnehmer|"
    "Nom complet|Nom et prénom|Prénom / Nom|Étudiant|"
    "Nombre completo|Nombre y apellidos|Nombre / Apellido(s)|Estudiante|Alumno",
    "email": "Email|E-mail|Email address|E-mail address|Mail|邮箱|电子邮件|电子邮箱|电子邮件地址|"
    "Email 地址|"
    "邮件地址|E-Mail-Adresse|Mailadresse|Adresse de courriel|Adresse e-mail|Courriel|"
    "Courrier électronique|"
    "Dirección de correo|Dirección de correo electrónico|Dirección Email|Correo|Correo electrónico",
    "sis_id": "SIS User ID|SIS ID|Student SIS ID|ID number|Student number|Student no|Student id|"
    "Studentid|"
    "Matriculation number|Identification number|Org Defined ID|"
    "学号|学籍号|学生学号|ID号|ID 号码|学工号|证件号|身份编号|"
    "ID-Nummer|Matrikelnummer|Matrikelnr|Matrikel-Nr|"
    "Numéro d'identification|Numéro étudiant|N° étudiant|N°étudiant|Numéro d'étudiant|"
    "Número de ID|Número de identificación|Número de matrícula|Matrícula|Expediente|NIA",
    "sis_login": "SIS Login ID|Login ID|Login|NetID",
    "moodle_username": "Username|User name|用户名|登录名|Anmeldename|Nutzername|Benutzername|"
    "Nom d'utilisateur|Identifiant de connexion|Nombre de usuario|Usuario",
    "canvas_id": "Canvas ID|Canvas user ID",
    "github": "GitHub|GitHub username|GitHub user|GitHub login|GitHub name|GitHub handle|"
    "GitHub 用户名",
    "section": "Section|Section name|Sections|Group|Groups|Class|小组|组|组别|班级|班|教学班|"
    "行政班|"
    "Gruppe|Gruppen|Klasse|Groupe|Groupes|Grupo|Grupos|Clase",
    ROLE: "Role|Roles|Status of user|角色|身份|Rolle|Rollen|Rôle|Rôles|Rol",
    "moodle_id": "Moodle ID",
}
OF = {
    name_key(word): column
    for column, words in WORDS.items()
    for word in (*words.split("|"), column)
}
OF_CANVAS = {"id": "canvas_id", "studentid": "canvas_id", "userid": "sis_id"}
FAMILY_IF_GIVEN = {"name", "nom"}  # with “Vorname” or “Prénom” beside it
GIVEN_IF_FAMILY = {"nombre"}


def headings(header: Sequence[str], system: str) -> dict[str, int]:
    """The index of each column that is known by its name, by the roster's name of it.

    Args:
        header: the names, as the export has them.
        system: “canvas”, “moodle” or “csv”, where `ID` is something else each time.

    Returns:
        Also `FULL_NAME` and `ROLE`. Of several columns with one meaning, the first one.
    """
    keys = [name_key(name) for name in header]
    own = OF_CANVAS if system == "canvas" else {}
    named = [own.get(key) or OF.get(key) or "" for key in keys]
    if system == "moodle":  # `ID` of a German worksheet is the number of the participant
        named = ["" if name == "id" else name for name in named]
    if "first_name" in named and "last_name" not in named:
        named = [
            "last_name" if k in FAMILY_IF_GIVEN else n for k, n in zip(keys, named, strict=True)
        ]
    if "first_name" not in named:
        other = "first_name" if "last_name" in named else FULL_NAME
        named = [other if k in GIVEN_IF_FAMILY else n for k, n in zip(keys, named, strict=True)]
    return {name: named.index(name) for name in dict.fromkeys(named) if name}


def titled(header: Sequence[str], words: Iterable[str]) -> int | None:
    """The index of the first column with one of these names; None without one."""
    wanted = {name_key(word) for word in words}
    return next((i for i, name in enumerate(header) if name_key(name) in wanted), None)
