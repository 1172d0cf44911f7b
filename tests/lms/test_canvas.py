"""What is read of Canvas: each value by its type, whatever the server says."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from grader.errors import LmsError, UsageError
from grader.lms.access import Access, Place
from grader.lms.canvas import Canvas, Member
from tests.kit.canvas_class import connected
from tests.kit.canvas_server import Class, playing


@pytest.fixture
def known() -> Iterator[Class]:
    with playing(Class()) as served:
        yield served


def answers(known: Class, ending: str, found: Any) -> None:
    """Let requests whose path ends so have this answer."""
    body = json.dumps(found).encode()
    known.troubles = lambda r: (200, {}, body) if r.path.endswith(ending) else None


def test_people_have_sections_numbers_and_addresses(known: Class) -> None:
    known.enroll(501, "Abara, Ann", section=72, email="a@example.org", sis_user_id="S1")
    known.enroll(502, "Student, Test", kind="StudentViewEnrollment")
    ann, test = connected(known).members()
    assert ann == Member(
        501, "Ann Abara", "Abara, Ann", "a@example.org", "S1", sections=("Friday",)
    )
    assert test.is_test and not ann.is_test


def test_groups_have_their_members(known: Class) -> None:
    for number in (501, 502, 503):
        known.enroll(number, f"Abara, {number}")
    known.task = {"group_category_id": 31}
    known.groups = {1: ("Team", [501, 503]), 2: ("Team", [502])}
    assert connected(known).groups(31) == {"Team": [501, 503], "Team (2)": [502]}


@pytest.mark.parametrize(
    ("policy", "takes"),
    [
        (None, False),
        ({"late_submission_deduction_enabled": False, "late_submission_deduction": 10}, False),
        ({"late_submission_deduction_enabled": True, "late_submission_deduction": 0}, False),
        ({"late_submission_deduction_enabled": True, "late_submission_deduction": 10}, True),
    ],
)
def test_it_is_known_whether_canvas_takes_points(
    known: Class, policy: dict[str, Any] | None, takes: bool
) -> None:
    known.late_policy = policy
    assert connected(known).takes_points_for_lateness() is takes


@pytest.mark.parametrize(
    "found",
    [
        {"user_id": "../1", "anonymous_id": "../2", "submission_history": "x"},
        {"user_id": True, "submission_history": [{"attempt": "1"}], "score": "many"},
        {"user_id": -1, "submission_comments": {}, "points_deducted": [], "excused": "yes"},
    ],
)
def test_values_of_a_wrong_type_count_as_missing(known: Class, found: dict[str, Any]) -> None:
    answers(known, "/submissions", [found])
    (submission,) = connected(known).submissions()
    assert (submission.user, submission.anonymous, submission.attempts) == (0, "", ())
    assert submission.score is None and not submission.excused


def test_names_of_ours_are_not_the_servers_to_set(known: Class) -> None:
    answers(known, "/submissions", [{"user_id": 501, "_requester": 7, "get_submissions": 8}])
    assert [s.user for s in connected(known).submissions()] == [501]


@pytest.mark.parametrize("found", [[[1]], {"a": 1}, 7, "x", [{"submission_history": [7]}]])
def test_a_list_that_is_none_is_told(known: Class, found: Any) -> None:
    answers(known, "/submissions", found)
    with pytest.raises(LmsError, match="not understood"):
        list(connected(known).submissions())


def test_a_missing_canvasapi_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "canvasapi", None)
    with pytest.raises(UsageError, match=r"pip install 'chainrule\[canvas\]'"):
        Canvas(Access("https://canvas.example.edu", "t"), Place(1, 2))
