from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import update

from grader.course.settings import Course
from grader.desk.receipt import Receipt
from grader.desk.receipts import NotYet, Receipts
from grader.desk.tables import QUEUE
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


def sharing(desk: TestDesk, lease_s: float) -> Receipts:
    """Another server's view of the same queue."""
    return Receipts(desk.state, lease_s=lease_s)


def test_what_another_server_grades_is_left_to_it_as_long_as_it_is_there(desk: TestDesk) -> None:
    first, second = sharing(desk, 60), sharing(desk, 60)
    receipt = hand_in(desk)
    taken = first.take()
    assert taken is not None and taken.id == receipt.id
    assert second.take() is None
    second.recover(alone=False)
    assert second.take() is None
    first.end([taken], "done")
    assert second.length() == 0


def test_what_a_killed_server_was_grading_waits_again_when_its_lease_is_over(
    desk: TestDesk,
) -> None:
    killed, other = sharing(desk, -1), sharing(desk, 60)
    receipt = hand_in(desk)
    assert killed.take() is not None
    again = other.take()
    assert again is not None and again.id == receipt.id


def test_a_server_that_renews_its_lease_keeps_what_it_took(desk: TestDesk) -> None:
    slow, other = sharing(desk, 60), sharing(desk, 60)
    hand_in(desk)
    assert slow.take() is not None
    with desk.state.writing() as connection:
        connection.execute(update(QUEUE).values(until=datetime.now(UTC) - timedelta(seconds=1)))
    other.renew()  # which has nothing, and does not keep up what is another's
    slow.renew()
    assert other.take() is None


def test_a_failed_attempt_is_tried_again_once_when_several_servers_start(desk: TestDesk) -> None:
    receipt = hand_in(desk)
    taken = desk.receipts.take()
    assert taken is not None
    desk.receipts.end([taken], "failed")
    with ThreadPoolExecutor(3) as threads:
        waiting = list(threads.map(lambda _: sharing(desk, 60).recover(alone=False), range(3)))
    assert waiting == [1, 1, 1]
    again = sharing(desk, 60).take()
    assert again is not None and again.id == receipt.id


def test_limits_hold_for_attempts_that_come_to_several_servers_at_once(
    desk: TestDesk, course: Course
) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    attempts_per_day: 1")
    now = desk.files.now()

    def attempt(number: int) -> bool:
        try:
            tiny = now.course.assignment("tiny")
            sharing(desk, 60).hand_in(now, tiny, "mira", b"[%d]" % number)
        except NotYet:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(attempt, range(6))) == 1
