"""What a submission may use, in words for students."""

from __future__ import annotations

from grader.box.bounds import MAX_FILES, MAX_PIECES, SCRATCH_MIB
from grader.box.stopwatch import WALL_FACTOR
from grader.course.settings import Limits
from grader.locale.translations import N_, gettext
from grader.notebook import MAX_BYTES

__all__ = ["limits_in_brief", "limits_in_words"]

SENTENCES = (
    N_(
        "Time: {cell_timeout_s:g} s for a cell, {call_timeout_s:g} s for the calls of a function "
        "that one check makes, {submission_timeout_s:g} s for everything. The processor time of "
        "your code counts, so a busy grader costs nothing; code that only waits is stopped after "
        "{factor} times as long."
    ),
    N_("Memory: {memory_mib} MiB."),
    N_("Processes and threads: {processes} at once."),
    N_(
        "Output: {output_mib} MiB of text and figures in the whole notebook, and {pieces} pieces "
        "for a cell. The value that a function returns may be as large."
    ),
    N_("Files: {scratch_mib} MiB in {files} files, in a folder that is deleted afterwards."),
    N_("The notebook that you hand in: {notebook_mib} MiB."),
)
FIGURES = {
    "keep": N_("Figures are drawn in the notebook and kept; they count as output."),
    "later": N_(
        "Figures are drawn in the notebook and kept, after the scores; they count as output."
    ),
    "skip": N_("Figures are not drawn; their names and sizes are shown."),
}


def limits_in_words(limits: Limits, figures: str) -> list[str]:
    """Every limit of a course, one sentence or more for each kind.

    Args:
        limits: from course.yml.
        figures: whether to `keep` figures, to `skip` drawing them, or to draw them `later`, also
            from there.
    """
    values = {
        **dict(limits),
        "factor": WALL_FACTOR,
        "pieces": MAX_PIECES,
        "scratch_mib": SCRATCH_MIB,
        "files": MAX_FILES,
        "notebook_mib": MAX_BYTES >> 20,
    }
    return [gettext(sentence, **values) for sentence in (*SENTENCES, FIGURES[figures])]


def limits_in_brief(limits: Limits) -> str:
    """The limits that students meet most, in one line."""
    return gettext(
        "When it is graded, a cell may take {cell_timeout_s:g} s, a check {call_timeout_s:g} s and "
        "everything {submission_timeout_s:g} s, with {memory_mib} MiB of memory and {output_mib} "
        "MiB of output.",
        **dict(limits),
    )
