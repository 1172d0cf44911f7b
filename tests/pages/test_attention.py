"""Who needs a look: told by what happened, whatever the words for it."""

from __future__ import annotations

from pathlib import Path

from grader.pages.attention import who_needs_attention
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import ID, write_course


def test_what_was_stopped_is_more_urgent_than_what_was_repaired(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    repaired = Note(NoteKind.REPAIRED, "A cell was put back.")
    stopped = Note(NoteKind.STOPPED, "It took too long.")
    result = SubmissionResult("ada", ID, Status.GRADED, 9.0, (), (repaired, stopped))
    kept = SubmissionResult.from_json(result.to_json())
    (found,) = who_needs_attention(course.assignment(ID), [kept])
    assert found.kinds[:2] == ("stopped", "no points")
    assert found.kinds[-1] == "repaired"
    assert found.reasons[0] == "It took too long."
    assert found.reasons[-1] == "A cell was put back."
