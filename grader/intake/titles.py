"""Where a title ends and a student's id begins, in names that hold both.

Blackboard writes `title_username`, and clones from GitHub are named `assignment-username`; what
separates them may also be in the title and in the id. All names of a download have the title in
common. The roster tells how much of what they have in common it is: of all ids that it knows, the
longest count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.intake.naming.handed import Handed, in_common, shown

__all__ = ["without_titles"]

CHOSEN = "-"  # on GitHub, people choose their names, so one name alone proves nothing
ENOUGH = 3


def without_titles(files: Sequence[Handed], is_known: Callable[[str], bool] | None) -> list[Handed]:
    """Take the title off each key that may have one.

    Args:
        files: all files of a download.
        is_known: whether the roster has somebody of that name; None without a roster.

    Returns:
        The files in their order. Where title and id cannot be told apart, `doubt` says so.
    """
    words = {sign: _words_of_title(files, sign, is_known) for sign in {f.sign for f in files}}
    return [_without_title(file, words[file.sign]) if file.sign else file for file in files]


def _without_title(file: Handed, words: int | None) -> Handed:
    if words is None:
        reason = (
            f"title and id cannot be told apart in {shown(file.key)}; put the ids of all students "
            "into the roster, or the notebook into a folder named by its student's id"
        )
        return replace(file, doubt=reason)
    return replace(file, key=file.sign.join(file.key.split(file.sign)[words:]))


def _words_of_title(
    files: Sequence[Handed], sign: str, is_known: Callable[[str], bool] | None
) -> int | None:
    """How many words the title has; None if several numbers are possible."""
    keys = sorted({file.key for file in files if sign and file.sign == sign})
    names = [tuple(key.split(sign)) for key in keys]
    if not names or (sign == CHOSEN and (is_known is None or len(names) < ENOUGH)):
        return 0
    most = min(in_common(names), *(len(words) - 1 for words in names))
    if is_known is not None:
        known = [sum(is_known(sign.join(w[n:])) for w in names) for n in range(most + 1)]
        if 2 * max(known) > len(names):
            return known.index(max(known))
    if sign == CHOSEN:
        return 0
    is_certain = most <= 1 or (is_known is None and len(names) > 1)
    return most if is_certain else None
