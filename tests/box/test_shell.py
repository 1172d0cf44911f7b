"""What cells print, collected as notebooks keep it."""

from __future__ import annotations

from grader.box.shell import MAX_OUTPUTS, OutputLog


def test_what_comes_after_a_cell_is_no_part_of_its_outputs() -> None:
    log = OutputLog(100)
    log.write("stdout", "the cell's")
    outputs = log.finished()
    log.write("stdout", "a function's, called later")
    assert outputs == [{"output_type": "stream", "name": "stdout", "text": "the cell's"}]


def test_a_cut_is_said_once_and_what_is_printed_then_is_dropped() -> None:
    log = OutputLog(1 << 20)
    for _ in range(MAX_OUTPUTS + 1):
        log.add({"output_type": "display_data", "data": {}}, 0)
    log.write("stdout", "more")
    log.write("stdout", "and more")
    *_, last = log.finished()
    assert "output cut here" in last["text"]
    assert "more" not in last["text"]
