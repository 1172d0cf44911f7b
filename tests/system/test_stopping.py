from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from grader.system.stopping import stop_on_interrupt


def test_work_in_another_thread_leaves_ctrl_c_alone() -> None:
    def work() -> threading.Event:
        with stop_on_interrupt(lambda line: None) as stop:
            return stop

    with ThreadPoolExecutor(1) as thread:
        assert not thread.submit(work).result().is_set()
