"""The lines of rubrics that markers ticked; nbgrader's tables have no place for them.

They are in `results/<assignment>.rubric`, with the points that they came with. When somebody gives
other points in formgrader, the ticks do not explain them any more, and are not shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import Any

from grader.course.settings import Course
from grader.gradebook.mark import Tick
from grader.system.files import write_whole

__all__ = ["Ticks"]


class Ticks:
    """The ticks of one assignment.

    Args:
        course: the course.
        assignment_id: which assignment.
    """

    def __init__(self, course: Course, assignment_id: str) -> None:
        self._path = course.rubric_ticks_path(assignment_id)
        self._kept = _kept(self._path.read_bytes() if self._path.is_file() else b"{}")

    def of(self, student: str, question: str, score: float) -> tuple[Tick, ...]:
        """The rubric of one answer; empty if no ticks go with its points.

        Args:
            student: whose answer.
            question: which written question.
            score: the points that it has in the gradebook.
        """
        try:
            entry = self._kept[_key(student, question)]
            lines = tuple(
                Tick(float(p), str(text), bool(given)) for p, text, given in entry["lines"]
            )
        except (KeyError, TypeError, ValueError):
            return ()
        return lines if entry.get("score") == score else ()

    def by_question(self, student: str, scores: Mapping[str, float]) -> dict[str, tuple[Tick, ...]]:
        """The rubrics of all answers of a student that have ticks.

        Args:
            student: the student.
            scores: points by hand, by question.
        """
        found = {name: self.of(student, name, score) for name, score in scores.items()}
        return {name: lines for name, lines in found.items() if lines}

    def keep(
        self, students: Iterable[str], question: str, score: float, lines: Iterable[Tick]
    ) -> None:
        """Keep the ticks of one answer; the caller holds the gradebook.

        Args:
            students: whose answer it is: one student, or the members of a group.
            question: which written question.
            score: the points that the gradebook has with them.
            lines: the rubric; empty to forget the ticks from before.
        """
        kept, entry = dict(self._kept), {"score": score, "lines": [astuple(line) for line in lines]}
        for student in students:
            kept.pop(_key(student, question), None)
            if entry["lines"]:
                kept[_key(student, question)] = entry
        if kept != self._kept:
            self._kept = kept
            write_whole(self._path, json.dumps(kept, ensure_ascii=False) + "\n")


def _key(student: str, question: str) -> str:
    return f"{student}/{question}"


def _kept(data: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(data))
    except (ValueError, TypeError):
        return {}
