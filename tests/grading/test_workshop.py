"""What a process keeps ready between submissions."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from grader.box.launch import WarmLauncher
from grader.course.bundle import Bundle
from grader.grading import workshop
from grader.grading.submission import execute_and_judge
from grader.intake.submissions import Intake
from grader.results import Status
from tests.kit.course import RIGHT
from tests.kit.notebooks import answered


@pytest.mark.slow
@pytest.mark.linux
def test_a_killed_zygote_is_replaced(bundle: Bundle) -> None:
    """An out-of-memory killer may end it before a submission or in the middle of one."""
    zygotes = []
    for source in ("", "import time; time.sleep(0.5)"):
        launcher = workshop.launcher_of(False)
        assert isinstance(launcher, WarmLauncher)
        zygotes.append(launcher.zygote.pid)
        kill = (launcher.zygote.pid, signal.SIGKILL)
        if source:
            threading.Timer(0.3, os.kill, kill).start()
        else:
            os.kill(*kill)
        answers = {**RIGHT, "double": f"{source}\n{RIGHT['double']}"}
        result = execute_and_judge(bundle, "amy", Intake(answered(bundle.release, **answers)))
        assert (result.status, result.score) == (Status.GRADED, 6.0), result.notes
    assert len(set(zygotes)) == 2


def test_the_judges_folder_is_private_and_lasts_no_longer_than_the_process(bundle: Bundle) -> None:
    unpacked = workshop.Workshop(bundle)
    folder = unpacked.folder
    assert folder.stat().st_mode & 0o077 == 0
    unpacked.close()
    assert not Path(folder).exists()
