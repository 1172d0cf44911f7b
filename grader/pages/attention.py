"""Which students need a look, and why: something went wrong, or they are unlike the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.course.settings import Assignment
from grader.intake.timestamp import Stamp
from grader.locale.translations import N_, gettext
from grader.pages.analysis import far_scores, odd_patterns
from grader.results import Note, NoteKind, Status, SubmissionResult

__all__ = ["KINDS", "Attention", "common_notes", "who_needs_attention"]

# The most urgent first.
KINDS = (
    N_("not graded"),
    N_("rejected"),
    N_("stopped"),
    N_("time not known"),
    N_("no points"),
    N_("unlike the rest"),
    N_("repaired"),
)


@dataclass(frozen=True)
class Attention:
    """One student to look at.

    Args:
        student: student id.
        kinds: some of `KINDS`, the most urgent first.
        reasons: sentences, one or more for each kind.
    """

    student: str
    kinds: tuple[str, ...]
    reasons: tuple[str, ...]


def who_needs_attention(
    assignment: Assignment,
    results: Sequence[SubmissionResult],
    ungraded: Sequence[str] = (),
    stamps: Mapping[str, Stamp] | None = None,
) -> list[Attention]:
    """List everyone who needs a look, the most urgent first.

    Args:
        assignment: its part of course.yml.
        results: the graded class.
        ungraded: students who handed in and have no result at all.
        stamps: when each student handed in, as it was told.
    """
    common, untold = common_notes(results), dict(_doubtful_times(stamps or {}))
    unlike = (far_scores(assignment, results), odd_patterns(assignment, results))
    found = [
        _attention(student, [("not graded", gettext(NOT_YET)), *untold.get(student, ())])
        for student in ungraded
    ]
    for result in results:
        pairs = [*_from_result(result, common), *untold.get(result.student, ())]
        pairs += [("unlike the rest", s[result.student]) for s in unlike if result.student in s]
        if pairs:
            found.append(_attention(result.student, pairs))
    return sorted(found, key=lambda found: (KINDS.index(found.kinds[0]), found.student))


NOT_YET = N_("Handed in, but not graded yet. Run the command grader autograde again.")


def _doubtful_times(stamps: Mapping[str, Stamp]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Whose time of submission was told but does not count, and why."""
    for student, stamp in stamps.items():
        if stamp.unread:
            text = N_("Lateness unknown: the time of submission ({time}) cannot be read.")
            yield student, [("time not known", gettext(text, time=stamp.unread))]
        elif stamp.is_in_doubt:
            text = N_("Lateness unknown: the time of submission ({time} UTC) lies in the future.")
            time = f"{stamp.moment:%Y-%m-%d %H:%M}"
            yield student, [("time not known", gettext(text, time=time))]


def common_notes(results: Sequence[SubmissionResult]) -> frozenset[Note]:
    """Notes that at least half of the graded class has: they say something about the course.

    A note needs three students to be common.
    """
    graded = [result for result in results if result.status is Status.GRADED]
    counts = Counter(note for result in graded for note in set(result.incidents))
    return frozenset(note for note, n in counts.items() if n > 2 and 2 * n >= len(graded))


def _from_result(result: SubmissionResult, common: frozenset[Note]) -> Iterator[tuple[str, str]]:
    kind = {Status.NOT_GRADED: "not graded", Status.REJECTED: "rejected"}.get(result.status)
    for note in result.incidents:
        if note not in common:
            yield kind or ("stopped" if note.kind is NoteKind.STOPPED else "repaired"), note.text
    if kind and not result.incidents:
        yield kind, gettext("The reason is not known.")
    if result.status is Status.GRADED and result.score == 0:
        yield "no points", gettext("No points at all.")


def _attention(student: str, pairs: Sequence[tuple[str, str]]) -> Attention:
    ranked = sorted(pairs, key=lambda pair: KINDS.index(pair[0]))
    kinds, reasons = zip(*ranked, strict=True)
    return Attention(student, tuple(dict.fromkeys(kinds)), reasons)
