"""Who needs a look: told by what happened, whatever the words for it."""

from __future__ import annotations

from pathlib import Path

from grader.pages.looks import looks
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import ID, write_course


def test_what_was_stopped_is_more_urgent_than_what_was_repaired(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    repaired = Note(NoteKind.REPAIRED, "A cell was put back.")
    stopped = Note(NoteKind.STOPPED, "It took too long.")
    result = SubmissionResult("ada", ID, Status.GRADED, 9.0, (), (repaired, stopped))
    kept = SubmissionResult.from_json(result.to_json())
    (look,) = looks(course.assignment(ID), [kept])
    assert look.kinds[:2] == ("stopped", "no points")
    assert look.kinds[-1] == "repaired"
    assert look.reasons[0] == "It took too long."
    assert look.reasons[-1] == "A cell was put back."
