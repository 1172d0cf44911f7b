"""Requests to Canvas: bounded, patient, and the token for Canvas alone."""

from __future__ import annotations

import json
import logging
import socketserver
import threading
from collections.abc import Iterator

import pytest

from grader.errors import LmsError
from grader.lms import wire as wires
from grader.lms.access import Access
from grader.lms.wire import Wire
from tests.kit.canvas_class import connected, enroll_forty
from tests.kit.canvas_server import TOKEN, Class, playing

THROTTLED = (403, {"X-Rate-Limit-Remaining": "0.0"}, b"403 Forbidden (Rate Limit Exceeded)\n")
Trouble = tuple[int, dict[str, str], bytes] | str


@pytest.fixture
def known() -> Iterator[Class]:
    with playing(Class()) as served:
        yield served


def fails(known: Class, times: int, trouble: Trouble) -> None:
    """Let the next requests go wrong."""
    left = iter(range(times))
    known.troubles = lambda request: trouble if next(left, None) is not None else None


@pytest.mark.parametrize(
    "trouble", [THROTTLED, (429, {}, b""), (500, {}, b"oops"), (503, {}, b""), "drop"]
)
def test_what_passes_is_asked_again(known: Class, trouble: Trouble) -> None:
    fails(known, 3, trouble)
    pauses: list[float] = []
    assert connected(known, pauses).task().name == "Tiny"
    assert pauses == [1.0, 2.0, 4.0]


def test_canvas_says_how_long_to_wait(known: Class) -> None:
    fails(known, 1, (429, {"Retry-After": "17"}, b""))
    pauses: list[float] = []
    connected(known, pauses).task()
    assert pauses == [17.0]


def test_nobody_waits_for_an_hour(known: Class) -> None:
    fails(known, 1, (429, {"Retry-After": "3600"}, b""))
    with pytest.raises(LmsError, match="asks us to wait 3600 s"):
        connected(known).task()


def test_asking_again_has_an_end(known: Class) -> None:
    fails(known, 99, THROTTLED)
    pauses: list[float] = []
    with pytest.raises(LmsError, match=r"too many requests .* run the same command again"):
        connected(known, pauses).task()
    assert len(known.seen) == 6 and sum(pauses) == 31


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "token is not valid"), (404, "no such thing")]
)
def test_a_refusal_is_told_at_once(known: Class, status: int, reason: str) -> None:
    fails(known, 1, (status, {}, b'{"errors": [{"message": "no \\u001b[2J way"}]}'))
    with pytest.raises(LmsError, match=reason) as raised:
        connected(known).task()
    assert len(known.seen) == 1 and raised.value.status == status
    assert "\x1b" not in str(raised.value) and "way" in str(raised.value)


def test_a_wrong_token_is_refused_and_not_shown(known: Class) -> None:
    with pytest.raises(LmsError, match="token is not valid") as raised:
        connected(known, token="7~secret").task()
    assert "7~secret" not in str(raised.value)


def test_every_page_of_a_list_is_read(known: Class) -> None:
    numbers = enroll_forty(known)
    assert [m.id for m in connected(known).members()] == numbers
    assert len([r for r in known.seen if r.path.endswith("users")]) == 6


def test_a_link_to_another_host_is_not_followed(known: Class) -> None:
    link = f'<{known.other_url}/api/v1/courses/1/users?page=2>; rel="next"'
    fails(known, 1, (200, {"Link": link}, b"[]"))
    with pytest.raises(LmsError, match="not understood"):
        connected(known).members()
    assert all(request.path.startswith("/api/v1/courses/1234/") for request in known.seen)


@pytest.mark.parametrize("body", [b"<html>", b"[1, 2]", b'{"a": 1}', b"null", b"[" * 100_000])
def test_an_answer_that_is_none_of_canvas_is_told(known: Class, body: bytes) -> None:
    fails(known, 99, (200, {}, body))
    with pytest.raises(LmsError, match=r"not as Canvas does|not understood"):
        connected(known).members()


def test_files_are_fetched_from_elsewhere_without_the_token(known: Class) -> None:
    known.elsewhere = True
    known.enroll(501, "Abara, Ann")
    known.hand_in(501, {"tiny.ipynb": b"work"})
    (submission,) = connected(known).submissions()
    url = submission.attempts[0].attachments[0].url
    known.seen.clear()
    assert connected(known).wire.download(url, 100) == b"work"
    assert [request.token for request in known.seen] == [TOKEN, ""]


def test_a_file_that_is_elsewhere_from_the_start_gets_no_token(known: Class) -> None:
    known.files[1] = b"work"
    assert connected(known).wire.download(f"{known.other_url}/store/1", 100) == b"work"
    assert known.seen[-1].token == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.org/1",
        "file:///etc/passwd",
        "ftp://127.0.0.1/1",
        "https://user:pass@files.example.org/",
        "https:\\\\files.example.org/",
        "",
        "/files/1",
    ],
)
def test_an_address_that_is_not_safe_is_not_asked(known: Class, url: str) -> None:
    with pytest.raises(LmsError, match=r"not safe|cannot be read"):
        connected(known).wire.download(url, 100)
    assert known.seen == []


def test_a_redirect_to_this_machine_is_refused_from_outside() -> None:
    wire = Wire(Access("https://canvas.example.edu", "t"), lambda seconds: None)
    with pytest.raises(LmsError, match="not safe"):
        wire.download("https://127.0.0.1:9/private", 100)


def test_redirects_have_an_end(known: Class) -> None:
    known.troubles = lambda request: (302, {"Location": request.path}, b"")
    with pytest.raises(LmsError, match="without end"):
        connected(known).wire.download(f"{known.url}/files/1", 100)
    assert len(known.seen) == 6


def test_a_file_is_bounded_while_it_comes(known: Class) -> None:
    known.files[1] = bytes(3 << 20)
    with pytest.raises(LmsError, match="larger than 1 MiB"):
        connected(known).wire.download(f"{known.other_url}/store/1", 1 << 20)


def test_a_packed_answer_is_refused(known: Class) -> None:
    fails(known, 1, (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"))
    with pytest.raises(LmsError, match="packs its answers"):
        connected(known).task()


def test_a_comment_is_not_sent_twice(known: Class) -> None:
    fails(known, 1, "drop")
    with pytest.raises(LmsError, match="connection broke"):
        connected(known).wire.request("PUT", "courses/1", _kwargs=[("comment[text_comment]", "x")])
    assert len(known.seen) == 1


def test_a_file_goes_up_in_three_steps(known: Class) -> None:
    known.enroll(501, "Abara, Ann")
    wire = connected(known).wire
    endpoint = "courses/1234/assignments/5678/submissions/501/comments/files"
    told = wire.request("POST", endpoint, _kwargs=[("name", "a.html"), ("size", 3)]).json()
    where = wire.send_file(
        told["upload_url"], list(told["upload_params"].items()), "a.html", b"<p>"
    )
    wire.confirm(where)
    (upload,) = known.uploads.values()
    assert upload["content"] == b"<p>" and upload["done"]
    assert [request.token for request in known.seen] == [TOKEN, "", TOKEN]


def test_no_password_of_a_netrc_file_goes_along(
    known: Class, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    known.files[1] = b"work"
    connected(known).wire.download(f"{known.other_url}/store/1", 100)
    connected(known).task()
    assert [request.token for request in known.seen] == ["", TOKEN]


@pytest.mark.parametrize("body", [b"[]", b"[null]"])
def test_a_list_whose_pages_have_no_end_is_left(
    known: Class, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "MAX_PAGES", 4)
    link = f'<{known.url}/api/v1/courses/1234/sections?page=2>; rel="next"'
    known.troubles = lambda request: (200, {"Link": link}, body)
    with pytest.raises(LmsError, match="more than 4 pages of one list"):
        connected(known).members()
    assert len(known.seen) == 5


@pytest.mark.slow
def test_an_answer_that_drips_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is left with the first bytes that come too late, not when a whole piece is there."""
    done = threading.Event()

    class Dripping(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n[")
            done.wait(30)

    monkeypatch.setattr(wires, "WHOLE_S", -1)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wire = Wire(Access(f"http://127.0.0.1:{server.server_address[1]}", "t"), lambda s: None)
        try:
            with pytest.raises(LmsError, match="does not answer"):
                wire.request("GET", "courses/1")
            assert not done.is_set()
        finally:
            done.set()
            server.shutdown()


def test_a_token_that_a_server_repeats_is_shown_nowhere(known: Class) -> None:
    said = f"Bearer {TOKEN} was seen"
    fails(known, 1, (400, {}, json.dumps({"errors": [{"message": said}]}).encode()))
    with pytest.raises(LmsError, match=r"Bearer \[token\] was seen"):
        connected(known).task()
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in said)
    fails(known, 1, (400, {}, f'{{"errors": "{escaped}"}}'.encode()))
    with pytest.raises(LmsError, match=r"Bearer \[token\] was seen"):
        connected(known).task()
    fails(known, 1, (200, {}, json.dumps({"name": said}).encode()))
    assert connected(known).task().name == "Bearer [token] was seen"


def test_the_token_is_in_no_log(known: Class, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connected(known).task()
    assert TOKEN not in caplog.text and TOKEN[-4:] not in caplog.text
