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

    TOO_SLOW = auto()  # {seconds} of processor time
    WAITED = auto()  # {wall} seconds, with less than {seconds} of processor time
    ASKED_ON = auto()  # a call, which called its arguments {count} times
    ENDED = auto()
    ENDED_BECAUSE = auto()  # {cause}
    UNREADABLE = auto()  # {problem}


THE_BOX = {
    Ending.TOO_SLOW: "did not finish within {seconds:g} s of processor time",
    Ending.WAITED: (
        "did not finish within {wall:g} s, and computed for less than {seconds:g} s of them"
    ),
    Ending.ASKED_ON: "called a function that it was given {count} times, and went on",
    Ending.ENDED: "ended the Python process",
    Ending.ENDED_BECAUSE: "ended the Python process ({cause})",
    Ending.UNREADABLE: "disturbed the connection to the grader ({problem})",
}
THIS_CELL = {
    Ending.TOO_SLOW: N_("this cell did not finish within {seconds:g} s of processor time"),
    Ending.WAITED: N_(
        "this cell did not finish within {wall:g} s, and computed for less than {seconds:g} s of "
        "them. Does it sleep, or wait for something?"
    ),
    Ending.ENDED: N_("this cell ended the Python process"),
    Ending.ENDED_BECAUSE: N_("this cell ended the Python process ({cause})"),
    Ending.UNREADABLE: N_("this cell disturbed the connection to the grader ({problem})"),
}
CALL = {
    Ending.TOO_SLOW: N_("{name} did not finish within {seconds:g} s of processor time"),
    Ending.WAITED: N_(
        "{name} did not finish within {wall:g} s, and computed for less than {seconds:g} s of "
        "them. Does it sleep, or wait for something?"
    ),
    Ending.ASKED_ON: N_(
        "{name} called a function that it was given {count} times, and went on. Does a loop in it "
        "never end?"
    ),
    Ending.ENDED: N_("{name} ended the Python process"),
    Ending.ENDED_BECAUSE: N_("{name} ended the Python process ({cause})"),
    Ending.UNREADABLE: N_("{name} disturbed the connection to the grader ({problem})"),
}
CELL = {
    Ending.TOO_SLOW: N_(
        "Cell {name} did not finish within {seconds:g} s of processor time. The other cells were "
        "run without it."
    ),
    Ending.WAITED: N_(
        "Cell {name} did not finish within {wall:g} s, and computed for less than {seconds:g} s of "
        "them. The other cells were run without it."
    ),
    Ending.ENDED: N_("Cell {name} ended the Python process. The other cells were run without it."),
    Ending.ENDED_BECAUSE: N_(
        "Cell {name} ended the Python process ({cause}). The other cells were run without it."
    ),
    Ending.UNREADABLE: N_(
        "Cell {name} disturbed the connection to the grader ({problem}). The other cells were "
        "run without it."
    ),
}
CELL_AND_OTHERS = {
    Ending.TOO_SLOW: N_(
        "Cell {name} did not finish within {seconds:g} s of processor time. The other cells were "
        "run without it and without {others}, which failed in a similar way."
    ),
    Ending.WAITED: N_(
        "Cell {name} did not finish within {wall:g} s, and computed for less than {seconds:g} s of "
        "them. The other cells were run without it and without {others}, which failed in a similar "
        "way."
    ),
    Ending.ENDED: N_(
        "Cell {name} ended the Python process. The other cells were run without it and "
        "without {others}, which failed in a similar way."
    ),
    Ending.ENDED_BECAUSE: N_(
        "Cell {name} ended the Python process ({cause}). The other cells were run without it "
        "and without {others}, which failed in a similar way."
    ),
    Ending.UNREADABLE: N_(
        "Cell {name} disturbed the connection to the grader ({problem}). The other cells were "
        "run without it and without {others}, which failed in a similar way."
    ),
}
FUNCTION = {
    Ending.TOO_SLOW: N_(
        "A call of {name} did not finish within {seconds:g} s of processor time. It was not called "
        "again; the other functions were graded as usual."
    ),
    Ending.WAITED: N_(
        "A call of {name} did not finish within {wall:g} s, and computed for less than "
        "{seconds:g} s of them. It was not called again; the other functions were graded as usual."
    ),
    Ending.ASKED_ON: N_(
        "A call of {name} called a function that it was given {count} times, and went on. It was "
        "not called again; the other functions were graded as usual."
    ),
    Ending.ENDED: N_(
        "A call of {name} ended the Python process. It was not called again; the other functions "
        "were graded as usual."
    ),
    Ending.ENDED_BECAUSE: N_(
        "A call of {name} ended the Python process ({cause}). It was not called again; the other "
        "functions were graded as usual."
    ),
    Ending.UNREADABLE: N_(
        "A call of {name} disturbed the connection to the grader ({problem}). It was not called "
        "again; the other functions were graded as usual."
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
    """The box was killed because it did not answer in time, or asked without end."""
