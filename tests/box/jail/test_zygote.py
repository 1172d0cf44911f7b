"""The warm process: what it answers, and to whom."""

from __future__ import annotations

import os
import signal
from contextlib import closing

import pytest

from grader.box.jail.zygote import Zygote, ZygoteGone


@pytest.mark.slow
def test_a_late_answer_is_not_taken_for_that_to_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grader.box.jail.zygote.KILL_TIMEOUT_S", 0.5)
    with closing(Zygote()) as zygote:
        os.kill(zygote.pid, signal.SIGSTOP)
        with pytest.raises(ZygoteGone, match="does not answer"):
            zygote.kill_all(hung_up=False)
        os.kill(zygote.pid, signal.SIGCONT)
        with pytest.raises(ZygoteGone):
            zygote.kill_all(hung_up=False)
