from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from grader.course.settings import Course
from grader.desk.receipts import NotYet, Receipt
from grader.intake.attempts import StudentAttempts
from tests.kit.desk import TestDesk, set_course


def hand_in(desk: TestDesk, student: str = "mira", data: bytes = b"{}") -> Receipt:
    now = desk.files.now()
    return desk.receipts.hand_in(now, now.course.assignment("tiny"), student, data)


def test_a_receipt_names_what_is_on_disk(desk: TestDesk) -> None:
    before = datetime.now(UTC)
    receipt = hand_in(desk)
    path = desk.course.root / receipt.path
    assert path == desk.course.attempts_dir / "tiny/mira/1/tiny.ipynb"
    assert receipt.sha256 == sha256(path.read_bytes()).hexdigest()
    assert before <= receipt.received_at <= datetime.now(UTC)
    (attempt,) = StudentAttempts(desk.course, "tiny", "mira").attempts
    assert attempt.submitted_at == receipt.received_at


def test_the_same_notebook_again_is_another_attempt(desk: TestDesk) -> None:
    assert [hand_in(desk).number, hand_in(desk).number] == [1, 2]


def test_numbers_go_on_after_collected_attempts(desk: TestDesk) -> None:
    StudentAttempts(desk.course, "tiny", "mira").add(b"[]", "mira.ipynb")
    assert hand_in(desk).number == 2


def test_two_writers_never_get_the_same_number(desk: TestDesk) -> None:
    """`collect` and the desk, each with its own list of what was there."""
    first = StudentAttempts(desk.course, "tiny", "mira")
    second = StudentAttempts(desk.course, "tiny", "mira")
    one, other = first.add(b"[1]", "a"), second.add(b"[2]", "b")
    assert one is not None and other is not None
    assert {one.path.read_bytes(), other.path.read_bytes()} == {b"[1]", b"[2]"}


def test_the_queue_is_in_order_and_each_attempt_is_taken_once(desk: TestDesk) -> None:
    receipts = [hand_in(desk, student) for student in ("mira", "farah") * 6]
    assert desk.receipts.ahead_of(receipts[3]) == 3
    taken: list[int] = []
    lock = threading.Lock()

    def take() -> None:
        while receipt := desk.receipts.take():
            with lock:
                taken.append(receipt.id)

    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            threads.submit(take)
    assert sorted(taken) == [receipt.id for receipt in receipts]


def test_what_ran_or_failed_waits_again_after_a_restart(desk: TestDesk) -> None:
    done, failed, running = hand_in(desk), hand_in(desk), hand_in(desk)
    for _ in range(3):
        desk.receipts.take()
    desk.receipts.end([done], "done")
    desk.receipts.end([failed], "failed")
    assert desk.receipts.length() == 1
    assert desk.receipts.recover() == 2
    states = [receipt.state for receipt in desk.receipts.of("mira", "tiny")]
    assert states == ["done", "waiting", "waiting"]
    again = desk.receipts.take()
    assert again is not None and again.id == failed.id
    assert running.number == 3


def test_a_limit_refuses_before_anything_is_kept(desk: TestDesk, course: Course) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    attempts_per_day: 1")
    hand_in(desk)
    with pytest.raises(NotYet) as refusal:
        hand_in(desk, data=b"[]")
    assert refusal.value.opens > datetime.now(UTC)
    assert len(StudentAttempts(desk.course, "tiny", "mira").attempts) == 1
    assert hand_in(desk, "farah").number == 1


def test_a_limit_holds_for_attempts_that_come_at_once(desk: TestDesk, course: Course) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    cooldown_minutes: 5")
    with ThreadPoolExecutor(8) as threads:
        tries = [threads.submit(hand_in, desk, "mira", b"%d" % n) for n in range(8)]
    assert sum(attempt.exception() is None for attempt in tries) == 1
