"""How long the judge waits: a clock of our own, so that no busy machine can change the result."""

from __future__ import annotations

from itertools import pairwise

from grader.box.stopwatch import LAST_FACTOR, WALL_FACTOR, Stopwatch, Used


class Machine:
    """A wall clock and a box that gets a share of a processor, and waits for one at times."""

    def __init__(
        self, share: float, limit_s: float = 10, has_meter: bool = True, queued: float = 0
    ) -> None:
        self.now = self.used = 100.0
        self.queued_s = self.ours = 0.0
        self.share, self.queued = share, queued
        self.watch = Stopwatch(
            limit_s, self.read if has_meter else None, lambda: self.now, lambda: self.ours
        )
        self.looks = 0

    def read(self) -> Used:
        self.looks += 1
        return Used(self.used, self.queued_s)

    def run(self, seconds: float) -> None:
        self.now += seconds
        self.used += self.share * seconds
        self.queued_s += self.queued * seconds

    def wait_until_the_end(self) -> float:
        """Wait as a channel does; the wall time that passed."""
        start = self.now
        while (left := self.watch.left_s()) > 0:
            self.run(left)
        return self.now - start


def test_a_box_that_computes_is_stopped_after_its_processor_time() -> None:
    machine = Machine(share=1)
    assert 10 <= machine.wait_until_the_end() < 11
    assert not machine.watch.is_waiting


def test_a_box_that_gets_a_quarter_of_a_processor_has_four_times_as_long() -> None:
    machine = Machine(share=0.25)
    assert 40 <= machine.wait_until_the_end() < 43
    assert not machine.watch.is_waiting


def test_a_box_of_many_processes_uses_its_time_up_sooner() -> None:
    assert Machine(share=8).wait_until_the_end() < 8


def test_a_box_that_sleeps_is_ended_by_the_wall_clock() -> None:
    machine = Machine(share=0)
    assert machine.wait_until_the_end() == WALL_FACTOR * 10
    assert machine.watch.is_waiting


def test_a_box_that_hardly_ever_gets_a_processor_has_its_processor_time_all_the_same() -> None:
    machine = Machine(share=0.1, queued=0.9)
    assert 100 <= machine.wait_until_the_end() < 110
    assert not machine.watch.is_waiting


def test_a_box_that_never_gets_a_processor_ends_at_last() -> None:
    assert Machine(share=0, queued=1).wait_until_the_end() == LAST_FACTOR * 10


def test_what_other_boxes_have_used_does_not_count() -> None:
    machine = Machine(share=0)
    machine.used += 1000
    machine.queued_s += 1000
    machine.run(1)
    assert machine.watch.left_s() > 0


def test_a_quick_answer_costs_no_look_at_the_processor_time() -> None:
    machine = Machine(share=1)
    for _ in range(100):
        machine.run(0.004)
        assert machine.watch.left_s() > 0
    assert machine.looks == 0


def test_many_messages_cost_few_looks() -> None:
    machine = Machine(share=1)
    while machine.watch.left_s() > 0:
        machine.run(0.001)
    assert machine.looks < 100


def test_wall_time_that_the_box_spends_waiting_for_the_judge_does_not_count() -> None:
    for has_meter, bound_s in ((True, WALL_FACTOR * 10), (False, 10)):
        machine = Machine(share=0, has_meter=has_meter)
        with machine.watch.answering():
            machine.now += 1000
        assert machine.wait_until_the_end() == bound_s


def test_processor_time_that_the_judge_spends_for_the_box_counts() -> None:
    for has_meter in (True, False):
        machine = Machine(share=1, has_meter=has_meter)
        with machine.watch.answering():
            machine.now += 20
            machine.ours += 6
        assert 4 <= machine.wait_until_the_end() < 4.5
        with machine.watch.answering():
            machine.ours += 6
        assert machine.watch.left_s() <= 0


def test_many_answers_cost_few_looks() -> None:
    machine = Machine(share=0)
    for _ in range(1000):
        with machine.watch.answering():
            machine.ours += 0.005
        machine.watch.left_s()
    assert machine.looks < 20


def test_without_a_meter_the_limit_is_one_of_wall_time() -> None:
    machine = Machine(share=0.25, has_meter=False)
    assert machine.watch.remaining_s() == 10
    assert machine.wait_until_the_end() == 10


def test_requests_that_share_a_limit_use_it_up_together() -> None:
    machine = Machine(share=0.5, limit_s=100)
    left = [machine.watch.remaining_s()]
    for _ in range(20):
        machine.run(10)
        left.append(machine.watch.remaining_s())
    assert left[0] == 100
    assert all(after < before for before, after in pairwise(left))
    assert abs(left[-1]) < 1


def test_a_shared_limit_ends_with_the_wall_clock_too() -> None:
    machine = Machine(share=0, limit_s=100)
    machine.run(WALL_FACTOR * 100 - 10)
    assert machine.watch.remaining_s() == 10 / WALL_FACTOR  # so that its own wall bound fits
    machine.run(10)
    assert machine.watch.remaining_s() <= 0
