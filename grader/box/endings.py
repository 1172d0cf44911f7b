"""The ways in which a box can end, and the sentences about them that students read.

Only whole sentences can be translated, so each way to end has one sentence for each place where
students read of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from grader.locale.translations import N_, gettext

__all__ = [
    "CALL",
    "CELL",
    "CELL_AND_OTHERS",
    "FUNCTION",
    "THIS_CELL",
    "BoxDied",
    "BoxTimedOut",
    "Ending",
]


class Ending(Enum):
    """A way in which a box can end; its sentences name the values in braces."""

    TOO_SLOW = auto()  # {seconds}
    ENDED = auto()
    ENDED_BECAUSE = auto()  # {cause}
    UNREADABLE = auto()  # {problem}


THE_BOX = {
    Ending.TOO_SLOW: "did not finish within {seconds:g} s",
    Ending.ENDED: "ended the Python process",
    Ending.ENDED_BECAUSE: "ended the Python process ({cause})",
    Ending.UNREADABLE: "sent something that cannot be read ({problem})",
}
THIS_CELL = {
    Ending.TOO_SLOW: N_("this cell did not finish within {seconds:g} s"),
    Ending.ENDED: N_("this cell ended the Python process"),
    Ending.ENDED_BECAUSE: N_("this cell ended the Python process ({cause})"),
    Ending.UNREADABLE: N_("this cell sent something that cannot be read ({problem})"),
}
CALL = {
    Ending.TOO_SLOW: N_("{name} did not finish within {seconds:g} s"),
    Ending.ENDED: N_("{name} ended the Python process"),
    Ending.ENDED_BECAUSE: N_("{name} ended the Python process ({cause})"),
    Ending.UNREADABLE: N_("{name} sent something that cannot be read ({problem})"),
}
CELL = {
    Ending.TOO_SLOW: N_(
        "The cell {name} did not finish within {seconds:g} s; the notebook went on without it."
    ),
    Ending.ENDED: N_("The cell {name} ended the Python process; the notebook went on without it."),
    Ending.ENDED_BECAUSE: N_(
        "The cell {name} ended the Python process ({cause}); the notebook went on without it."
    ),
    Ending.UNREADABLE: N_(
        "The cell {name} sent something that cannot be read ({problem}); the notebook went on "
        "without it."
    ),
}
CELL_AND_OTHERS = {
    Ending.TOO_SLOW: N_(
        "The cell {name} did not finish within {seconds:g} s; the notebook went on without it "
        "and, for the like reason, {others}."
    ),
    Ending.ENDED: N_(
        "The cell {name} ended the Python process; the notebook went on without it and, for the "
        "like reason, {others}."
    ),
    Ending.ENDED_BECAUSE: N_(
        "The cell {name} ended the Python process ({cause}); the notebook went on without it "
        "and, for the like reason, {others}."
    ),
    Ending.UNREADABLE: N_(
        "The cell {name} sent something that cannot be read ({problem}); the notebook went on "
        "without it and, for the like reason, {others}."
    ),
}
FUNCTION = {
    Ending.TOO_SLOW: N_(
        "Calling {name} did not finish within {seconds:g} s; the other steps were graded in a "
        "fresh box."
    ),
    Ending.ENDED: N_(
        "Calling {name} ended the Python process; the other steps were graded in a fresh box."
    ),
    Ending.ENDED_BECAUSE: N_(
        "Calling {name} ended the Python process ({cause}); the other steps were graded in a "
        "fresh box."
    ),
    Ending.UNREADABLE: N_(
        "Calling {name} sent something that cannot be read ({problem}); the other steps were "
        "graded in a fresh box."
    ),
}


class BoxDied(Exception):
    """The box is gone or was killed.

    Args:
        ending: how it ended.
        values: values for the sentences about that ending, such as `seconds`.
    """

    def __init__(self, ending: Ending, **values: Any) -> None:
        super().__init__(THE_BOX[ending].format(**values))
        self._ending = ending
        self._values = values

    def told(self, sentences: Mapping[Ending, str], **values: Any) -> str:
        """The sentence about this ending.

        Args:
            sentences: one of the tables above, such as `CALL`.
            values: other values for those sentences, such as `name`.
        """
        return gettext(sentences[self._ending], **self._values, **values)


class BoxTimedOut(BoxDied):
    """The box was killed because it did not answer in time."""
