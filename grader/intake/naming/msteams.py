"""Microsoft Teams: how the files that students turned in lie in the class's SharePoint library.

`Student Work/Submitted files/<name>/<assignment>/Version <n>/` has what was turned in, and each
time anew; `Working files` beside it has drafts. The names of the upper folders depend on the
language, so the folder of a version tells where a student's and an assignment's folder are. Names
are all that Teams tells of a student; the time is in no name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from grader.course.roster import name_key
from grader.intake.naming.handed import Handed

__all__ = ["named"]

VERSION = re.compile(r"(?:version|versión|versione|versão|版本)\s?(?P<n>[0-9]{1,6})", re.IGNORECASE)


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files such as `Submitted files/Jane Doe/Two-layer net/Version 2/two_layer_net.ipynb`.

    Args:
        entries: paths of all files of the download.
        assignment_id: if the folders of several assignments are there, the name of the one to take.
    """
    found = [pair for entry in entries if (pair := _named(entry))]
    titles = {title for _, title in found}
    if len(titles) < 2:
        return [file for file, _ in found]
    wanted = name_key(assignment_id)
    return [
        file if name_key(title) == wanted else replace(file, doubt=_other(title, assignment_id))
        for file, title in found
    ]


def _named(entry: str) -> tuple[Handed, str] | None:
    parts = PurePosixPath(entry).parts
    for index, part in enumerate(parts[2:-1], start=2):
        if match := VERSION.fullmatch(part):
            number, name = int(match["n"]), parts[index - 2]
            own = PurePosixPath(*parts[index + 1 :])
            file = Handed(
                entry, own, name, name=name, attempt=f"{number:06}", order=number, level=index - 2
            )
            return file, parts[index - 1]
    return None


def _other(title: str, assignment_id: str) -> str:
    told = "".join(letter for letter in title if letter.isprintable())[:60]
    return (
        f"it is of “{told}”, and several assignments are in this download; rename the folders of "
        f"the right one to {assignment_id}, or remove the others"
    )
