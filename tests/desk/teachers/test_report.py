"""The report on the class, from the desk."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.desk.teachers import report as made
from tests.kit.desk import TestDesk, give_results


class Here(ThreadPoolExecutor):
    """Takes the place of a process, which takes seconds to start, and of what crosses to it."""

    def submit(self, fn, /, *args, **named):
        fn, args, named = pickle.loads(pickle.dumps((fn, args, named)))
        return super().submit(fn, *args, **named)


@pytest.mark.slow
def test_a_teacher_makes_the_report_and_reads_it_in_a_sandbox(
    taught: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "worker_processes", Here)
    ada = taught.browser("ada")
    assert ada.get("/class/tiny/report").status_code == 404
    answer = ada.ask("POST", "/class/tiny/report", data=ada.form())
    assert answer.status_code == 409 and "Nothing is graded yet" in answer.text
    give_results(taught, "farah", "mira")
    answer = ada.ask("POST", "/class/tiny/report", data=ada.form())
    assert (answer.status_code, answer.headers["location"]) == (303, "/class/tiny/report")
    report = ada.get("/class/tiny/report")
    policy = report.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert "farah" in report.text
    assert "Report of" in ada.get("/class/tiny").text
