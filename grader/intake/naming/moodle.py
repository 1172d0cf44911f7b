"""Moodle: how a download of all submissions is named.

The naming is that of `downloader` in
https://github.com/moodle/moodle/blob/main/public/mod/assign/classes/downloader.php: full name,
number of the participant (a different one in each assignment), kind of submission. For a team it is
the group's name and the group's number, and for those in no group a name without a number. All this
is the name of a folder or the beginning of the file's name, depending on the setting “download
submissions in folders”.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed

__all__ = ["named"]

PREFIX = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>[0-9]{1,20}))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<own>.*))?",
    re.DOTALL,
)


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files such as `Jane Doe_1234567_assignsubmission_file_/two_layer_net.ipynb`.

    Args:
        entries: paths of all files of the download.
        assignment_id: not used, since Moodle does not write it into names.
    """
    return [found for entry in entries if (found := _named(entry))]


def _named(entry: str) -> Handed | None:
    parts = PurePosixPath(entry).parts
    for index, part in enumerate(parts):  # the outermost, since students name what is inside
        if match := PREFIX.fullmatch(part):
            inside = parts[index + 1 :]
            if not inside and not match["own"]:
                return None
            own = PurePosixPath(*inside) if inside else PurePosixPath(match["own"])
            return Handed(
                entry, own, match["number"] or "", "moodle_id", match["name"], level=index
            )
    return None
