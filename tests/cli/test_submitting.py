from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from grader.cli.submitting import Answer, Link, Receipt, await_result, hand_in, read_link, text_of
from grader.errors import GraderError, UsageError
from grader.notebook import MAX_BYTES

TOKEN = "A" * 22


def test_a_link_is_taken_apart() -> None:
    text = f" https://desk.example.edu/in/{TOKEN}\n"
    assert read_link(text) == Link("https://desk.example.edu", TOKEN)
    assert read_link(f"http://127.0.0.1:8000/in/{TOKEN}").token == TOKEN


@pytest.mark.parametrize(
    "text", ["", TOKEN, f"ftp://x/in/{TOKEN}", f"https://a@b/in/{TOKEN}", "https://x/in/short"]
)
def test_what_is_no_link_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="no personal link") as refusal:
        read_link(text)
    assert TOKEN not in str(refusal.value)


def test_a_token_never_goes_where_others_could_read_it() -> None:
    with pytest.raises(UsageError, match="others could read it"):
        read_link(f"http://desk.example.edu/in/{TOKEN}")


class _Answers(BaseHTTPRequestHandler):
    """Answers what the test put into `answer`: status, headers and body."""

    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")

    def _answered(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, body = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answered

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def link() -> Iterator[Link]:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Link(f"http://127.0.0.1:{server.server_port}", TOKEN)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((429, {}, b'{"error": "Wait \\u001b[31ma bit."}'), UsageError, r"Wait \[31ma bit\."),
        ((500, {}, b"<html>"), UsageError, r"refuses \(500\)"),
        ((302, {"Location": "http://192.0.2.1/"}, b""), UsageError, r"refuses \(302\)"),
        ((202, {}, b"[1]"), GraderError, "cannot be reached"),
        ((404, {}, b'{"error": "No such."}'), UsageError, "No such. Name .* with --assignment"),
        ((202, {"Location": "/in/x"}, b"{}"), GraderError, "do not understand"),
        (
            (
                202,
                {"Location": "http://192.0.2.1/"},
                b'{"attempt": 1, "received_at": "", "sha256": ""}',
            ),
            GraderError,
            "do not understand",
        ),
        (
            (
                202,
                {"Location": "/api/v1/assignments/tiny/attempts/1"},
                b'{"attempt": 1, "received_at": "a while ago", "sha256": ""}',
            ),
            GraderError,
            "do not understand",
        ),
    ],
)
def test_a_strange_answer_is_one_clear_line(
    link: Link,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, str], bytes],
    error: type[GraderError],
    says: str,
) -> None:
    monkeypatch.setattr(_Answers, "answer", answer)
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(b"{}")
    with pytest.raises(error, match=says) as refusal:
        hand_in(link, "tiny", path)
    assert "\x1b" not in str(refusal.value) and TOKEN not in str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_with_the_link_is_read_as_each_system_writes_it(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "link.txt"
    path.write_text(f"https://desk.example.edu/in/{TOKEN}\r\n", encoding=encoding)
    assert read_link(text_of(path)) == Link("https://desk.example.edu", TOKEN)


def test_a_file_that_is_no_text_has_no_link(tmp_path: Path) -> None:
    path = tmp_path / "link.txt"
    path.write_bytes(b"\xff\x00\xfe" * 10_000)
    with pytest.raises(UsageError, match="no personal link"):
        read_link(text_of(path))


def test_the_time_of_a_receipt_is_told_to_the_second() -> None:
    receipt = Receipt(1, "2026-10-05T12:00:01.123456+02:00", "", "")
    assert receipt.when == "2026-10-05 10:00:01 UTC"


def test_an_answer_without_a_state_is_one_clear_line(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Answers, "answer", (200, {}, b"{}"))
    receipt = Receipt(1, "", "", "/api/v1/assignments/tiny/attempts/1")
    with pytest.raises(GraderError, match="do not understand"):
        await_result(link, receipt)


def test_what_is_too_large_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "tiny.ipynb"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UsageError, match="larger than 16 MiB"):
        hand_in(Link("http://127.0.0.1:1", TOKEN), "tiny", path)


def test_the_terminal_shows_what_was_lost_and_where_to_look() -> None:
    forward = {"score": 2, "max_score": 6, "hint": "Look at\x1b the mask."}
    lost = {"claim": "Nothing below\x1b zero passes.", "passed": False}
    explain: dict[str, object] = {"score": None, "max_score": 6, "hint": "", "checks": []}
    answer = Answer(
        {
            "state": "done",
            "counts": True,
            "score": 2,
            "max_score": 12,
            "questions": {"forward": {**forward, "checks": [lost]}, "explain": explain},
            "notes": ["Two cells\x1b had lost their labels."],
        }
    )
    assert list(answer.lines) == [
        "2 of 12 points; this attempt counts",
        "Two cells had lost their labels.",
        "forward: 2 of 6. Look at the mask.",
        "  Nothing below zero passes.",
        "explain: your teacher still has to grade it",
    ]
