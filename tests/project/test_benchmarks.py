"""The arithmetic of the benchmarks, which compare two ways of work by pairs of runs."""

from __future__ import annotations

import os

import pytest
from measuring import after_start_up, as_one_command, busy_s, ratios, spread
from regress import compared


def test_each_ratio_is_that_of_one_pair() -> None:
    # The medians of both columns are 4 and 2, and no pair has that ratio.
    assert ratios([1, 4, 9], [1, 2, 3]) == {"median": 2, "smallest": 1, "largest": 3}
    assert ratios([2, 4, 100], [1, 1, 100]) == {"median": 2, "smallest": 1, "largest": 4}


def test_pairs_of_unequal_number_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


def test_a_spread_of_an_even_number_has_the_mean_of_the_middle() -> None:
    assert spread([4, 1, 2, 3]) == {"median": 2.5, "smallest": 1, "largest": 4}


def test_a_checkout_is_compared_with_its_base_and_not_the_other_way_round() -> None:
    pairs = [[{"seconds": 4.0}, {"seconds": 1.0}], [{"seconds": 8.0}, {"seconds": 4.0}]]
    found = compared(pairs)["seconds"]
    assert (found["base"], found["this"]) == (6.0, 2.5)
    assert found["ratio"] == {"median": 0.375, "smallest": 0.25, "largest": 0.5}


def test_a_figure_that_one_run_did_not_see_makes_no_ratio() -> None:
    pairs = [
        [{"start_up_s": 2.0, "driver_ms": 0.0}, {"start_up_s": 1.0, "driver_ms": 3.0}],
        [{"start_up_s": 2.0, "driver_ms": 0.0}, {"start_up_s": 0.0, "driver_ms": 3.0}],
    ]
    found = compared(pairs)
    assert found["start_up_s"]["ratio"] == {"median": 0.5, "smallest": 0.5, "largest": 0.5}
    assert "driver_ms" not in found


def test_busy_seconds_leave_out_idle_time_waiting_and_guests() -> None:
    # user nice system idle iowait irq softirq steal guest guest_nice
    line = "cpu  10 20 30 4000 500 1 2 3 7 9"
    ticks = os.sysconf("SC_CLK_TCK")
    assert busy_s(f"{line}\ncpu0 1 1 1 1 1 1 1 1 1 1\n") == pytest.approx(66 / ticks)


def test_one_command_starts_up_once() -> None:
    blocks = [{"seconds": 5.0, "start_up_s": 2.0}, {"seconds": 9.0, "start_up_s": 4.0}]
    assert after_start_up(blocks) == [3.0, 5.0]
    assert as_one_command(blocks) == 3.0 + 8.0
