"""Canvas: how a download of submissions is named.

The naming is that of `ContentZipper#add_upload_submission` and `#get_filename` in
https://github.com/instructure/canvas-lms/blob/master/lib/content_zipper.rb: sortable name in small
letters without blanks and signs, `LATE` if it was late, the user's id, the attachment's id, and the
student's own file name. Canvas adds `-1`, `-2` to that name when it is handed in again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed, outermost_zip

__all__ = ["named"]

# Programs that pack zips write other letters than a-z as `?` or `_`, so a name may be anything.
FILE = re.compile(
    r"(?P<name>\S*?)_(?P<late>LATE_)?(?P<user>[0-9]{1,20})_(?P<attachment>[0-9]{1,20})_(?P<own>.+)",
    re.DOTALL,
)
ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon_(?P<code>\w+?)_(?P<attachment>[0-9]{1,20})_(?P<own>.+)", re.DOTALL
)
TEXT = re.compile(
    r"(?P<name>\S*?)_(?P<late>LATE_)?(?P<user>[0-9]{1,20})_(?P<own>(text|link)\.html)"
)


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files such as `doejane_LATE_501_9001_two_layer_net-1.ipynb`, all in one folder.

    Args:
        entries: paths of all files of the download.
        assignment_id: not used, since Canvas does not write it into names.
    """
    return list(_named(entries))


def _named(entries: Sequence[str]) -> Iterator[Handed]:
    for entry in entries:
        whole = PurePosixPath(entry)
        path = outermost_zip(whole)  # Canvas named the zip, the student what is in it
        if match := ANONYMOUS.fullmatch(path.name):
            key, name = f"anon_{match['code']}", ""
        elif match := FILE.fullmatch(path.name) or TEXT.fullmatch(path.name):
            key, name = match["user"], match["name"]
        else:
            continue
        yield Handed(
            entry,
            PurePosixPath(match["own"]) / whole.relative_to(path),
            key,
            "canvas_id",
            name,
            order=int(match.groupdict().get("attachment", 0)),
            is_late=bool(match["late"]),
            level=len(path.parts) - 1,
        )
