"""Who needs a look depends on what happened, not on the words of a note."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from grader.intake.timestamp import Stamp
from grader.pages.attention import who_needs_attention
from grader.results import Note, NoteKind, QuestionResult, Status, SubmissionResult
from tests.kit.course import DUE, ID, write_course

RIGHT = QuestionResult("double", 4.0, 4.0)


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


def test_who_has_a_time_that_does_not_count_needs_a_look(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    stamps = {
        "ada": Stamp(unread="2026-01-10 17:30:00 IST", problem="IST stands for several"),
        "bela": Stamp(datetime(9000, 1, 1, tzinfo=UTC)),
        "chidi": Stamp(DUE),
        "dora": Stamp(),
        "eve": Stamp(unread="yesterday"),
    }
    students = ("ada", "bela", "chidi", "dora")
    results = [SubmissionResult(s, ID, Status.GRADED, 9.0, (RIGHT,)) for s in students]
    found = who_needs_attention(course.assignment(ID), results, ["eve"], stamps)
    assert {each.student: each.kinds for each in found} == {
        "eve": ("not graded", "time not known"),
        "ada": ("time not known",),
        "bela": ("time not known",),
    }
    assert "2026-01-10 17:30:00 IST) cannot be read" in found[1].reasons[0]
    assert "9000-01-01 00:00 UTC) lies in the future" in found[2].reasons[0]
