"""Moodle: how a download of all submissions is named.

The naming is that of `downloader` in
https://github.com/moodle/moodle/blob/main/public/mod/assign/classes/downloader.php: full name,
number of the participant (another one for each assignment), kind of submission; then, by the
setting “download submissions in folders”, a folder or the beginning of the file's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed

__all__ = ["named"]

PREFIX = re.compile(
    r"(?P<name>.+?)_(?P<participant>\d{1,20})_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<own>.*))?",
    re.DOTALL,
)


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Files such as `Jane Doe_1234567_assignsubmission_file_/two_layer_net.ipynb`."""
    return [found for entry in entries if (found := _named(entry))]


def _named(entry: str) -> Handed | None:
    parts = PurePosixPath(entry).parts
    for index, part in enumerate(parts[:2]):  # the second, if it was unpacked into a folder
        if match := PREFIX.fullmatch(part):
            inside = parts[index + 1 :]
            if not inside and not match["own"]:
                return None
            own = PurePosixPath(*inside) if inside else PurePosixPath(match["own"])
            return Handed(entry, own, match["participant"], "moodle_id", match["name"])
    return None
