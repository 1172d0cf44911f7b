"""What operators see: a line for each event, and figures, without anybody's name."""

from __future__ import annotations

import io
import json
from errno import ENOSPC
from typing import Any

import pytest

from grader.course.settings import Course
from grader.desk.watch import Journal, Watch
from tests.kit.course import make_source
from tests.kit.desk import TestDesk, set_course


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def watched(desk: TestDesk, *, people: bool = False) -> io.StringIO:
    stream = io.StringIO()
    desk.receipts.watch = Watch(Journal(stream, people))
    return stream


def test_the_lines_of_one_hand_in_have_the_id_of_its_request_and_no_name(desk: TestDesk) -> None:
    mira, stream = desk.browser("mira"), watched(desk)
    answer = mira.hand_in(make_source())
    receipt = desk.receipts.take()
    assert receipt is not None
    desk.receipts.end([receipt], "done")
    told = lines(stream)
    assert [line["event"] for line in told] == ["request", "handed in", "request", "taken", "kept"]
    handed_in, request = told[1:3]
    assert handed_in["request"] == request["request"] == answer.headers["x-request-id"]
    assert request["route"] == "/assignments/{assignment}/attempts" and request["status"] == 303
    assert handed_in["attempt"] == told[-1]["attempt"] == receipt.id
    assert "mira" not in stream.getvalue() and "127.0.0.1" not in stream.getvalue()


def test_who_it_was_is_told_only_if_the_desk_was_asked_to(desk: TestDesk) -> None:
    mira, stream = desk.browser("mira"), watched(desk, people=True)
    mira.hand_in(make_source())
    told = lines(stream)
    assert told[1]["student"] == "mira" and told[2]["client"] == "127.0.0.1"


def test_no_token_and_nothing_that_was_sent_gets_into_a_line(desk: TestDesk) -> None:
    token, stream = desk.token("mira"), watched(desk)
    browser = desk.browser()
    browser.get(f"/in/{token}")
    browser.get("/in/%0A{}evil")
    browser.ask("EVIL", "/evil%0Aline")
    told = lines(stream)
    assert [line["route"] for line in told] == ["/in/{token}", "/in/{token}", "other"]
    assert token not in stream.getvalue() and "evil" not in stream.getvalue().lower()


def test_a_journal_that_cannot_be_written_takes_no_receipt_back(desk: TestDesk) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(ENOSPC, "No space left on device")

    mira = desk.browser("mira")
    desk.receipts.watch = Watch(Journal(Full()))
    assert mira.hand_in(make_source()).status_code == 303
    assert desk.receipts.length() == 1


def test_an_error_of_ours_is_told_by_its_place_without_its_text(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira, stream = desk.browser("mira"), watched(desk)

    def broken(*_: object) -> None:
        raise RuntimeError("mira's secret")

    monkeypatch.setattr(desk.receipts, "of", broken)
    answer = mira.get("/")
    assert answer.status_code == 500
    error, request = lines(stream)
    assert (error["event"], error["kind"]) == ("error", "RuntimeError")
    assert error["place"].partition(":")[0] == __file__
    assert error["request"] == request["request"] == answer.headers["x-request-id"]
    assert "secret" not in stream.getvalue()


def test_prometheus_reads_requests_attempts_and_queue(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(make_source())
    mira.hand_in(make_source())
    receipt = desk.receipts.take()
    assert receipt is not None
    text = mira.get("/metrics").text
    assert 'desk_queue_length{state="waiting"} 1.0' in text
    assert 'desk_queue_length{state="running"} 1.0' in text
    assert "desk_attempts_received_total 2.0" in text
    assert 'route="/assignments/{assignment}/attempts",status="303"} 2.0' in text
    desk.receipts.end([receipt], "failed")
    assert 'desk_attempts_ended_total{outcome="failed"} 1.0' in mira.get("/metrics").text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_who_comes_through_a_proxy_reads_no_figures(desk: TestDesk, header: str) -> None:
    assert desk.browser().get("/metrics", **{header: "127.0.0.1"}).status_code == 404


def test_behind_tls_only_a_token_opens_the_figures(
    desk: TestDesk, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_course(course, "seed: 7", "seed: 7\ndesk: {address: 'https://desk.example.edu'}")
    assert desk.browser().get("/metrics").status_code == 404
    monkeypatch.setenv("GRADER_METRICS_TOKEN", "a long secret")
    for wrong in ("", "Bearer", "Bearer a", "Bearer a long secret "):
        given = (
            {"Authorization": wrong} if wrong.strip() == wrong else {"Authorization": "Bearer x"}
        )
        assert desk.browser().get("/metrics", **given).status_code == 404
    right = desk.browser().get("/metrics", Authorization="Bearer a long secret")
    assert right.status_code == 200 and "desk_queue_length" in right.text


def test_while_the_desk_closes_it_takes_nothing_in_and_says_when_to_come_back(
    desk: TestDesk,
) -> None:
    mira = desk.browser("mira")
    desk.receipts.closing.set()
    page, health = mira.get("/"), mira.get("/healthz")
    handed_in = mira.hand_in(make_source(), csrf="0" * 64)
    told = mira.ask("POST", "/api/v1/assignments/tiny/attempts")
    assert {page.status_code, handed_in.status_code, told.status_code} == {503}
    assert all(int(answer.headers["retry-after"]) for answer in (page, handed_in, told))
    assert "refresh" in page.headers and "refresh" not in handed_in.headers
    assert "frame-ancestors" in page.headers["content-security-policy"]
    assert told.json()["error"].endswith(".")
    assert (health.status_code, health.json()["status"]) == (503, "closing")
    assert desk.receipts.length() == 0
