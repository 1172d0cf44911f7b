"""Attacks by bodies: too much, too odd, without an end; all are refused before they cost much."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from grader.desk import receiving
from grader.desk.receiving import MAX_BODY
from tests.desk.attacks.school import VICTIM, School

HAND_IN = "/assignments/tiny/attempts"
KIND = "multipart/form-data; boundary=B"
FILE = 'Content-Disposition: form-data; name="notebook"; filename="{}"\r\n'


def part(head: str, body: str = "{}") -> str:
    return f"--B\r\n{head}\r\n{body}\r\n"


def token_of(school: School) -> str:
    csrf = school.as_(VICTIM).form()["csrf"]
    return part('Content-Disposition: form-data; name="csrf"\r\n', csrf)


NOTEBOOK = part(FILE.format("a.ipynb"))
END = "--B--\r\n"
BODIES = {
    "two notebooks": NOTEBOOK + NOTEBOOK + END,
    "a second file under another name": NOTEBOOK + NOTEBOOK.replace('"notebook"', '"more"') + END,
    "a hundred thousand parts": NOTEBOOK.replace("{}", "") * 3 + (NOTEBOOK * 50_000) + END,
    "many small fields": part('Content-Disposition: form-data; name="x"\r\n', "") * 50_000 + END,
    "a huge field": part('Content-Disposition: form-data; name="x"\r\n', "x" * (1 << 20)) + END,
    "a huge header": part(f"X-Evil: {'x' * (1 << 20)}\r\n" + FILE.format("a")) + END,
    "many headers": part("X-Evil: x\r\n" * 50_000 + FILE.format("a")) + END,
    "a header without an end": f"--B\r\nContent-Disposition: {'x' * (1 << 20)}",
    "a header with a NUL": part('Content-Disposition: form-data; name="note\0book"\r\n') + END,
    "no header at all": part("") + END,
    "no name": part("Content-Disposition: form-data\r\n") + END,
    "another disposition": part('Content-Disposition: attachment; name="notebook"\r\n') + END,
    "no end": NOTEBOOK.rstrip("\r\n"),
    "only the end": END,
    "no boundary in it": "x" * 4096,
    "only boundaries": "--B\r\n" * 50_000,
    "a form in a form": part(
        'Content-Disposition: form-data; name="notebook"\r\n'
        "Content-Type: multipart/mixed; boundary=C\r\n",
        f"--C\r\n{FILE.format('a')}\r\n{{}}\r\n--C--",
    )
    + END,
    "nothing": "",
}


# Starlette leaves a file that did not end to the garbage collector, which closes it at once.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("is_program", [False, True], ids=["page", "program"])
def test_a_form_that_is_none_is_refused(school: School, body: str, is_program: bool) -> None:
    """Bodies with more files, parts and headers than a form has, or broken ones."""
    headers = {"Content-Type": KIND}
    if is_program:
        headers["Authorization"] = f"Bearer {school.token(VICTIM)}"
    path = "/api/v1" * is_program + HAND_IN
    body = body if is_program else token_of(school) + body
    answer = school.as_(VICTIM).ask("POST", path, content=body.encode(), headers=headers)
    assert answer.status_code == 400


NAMES = {
    "a path": "../../../etc/passwd",
    "a path of Windows": "..\\..\\evil.exe",
    "absolute": "/etc/passwd",
    "a command": "$(id).ipynb; rm -rf ~",
    "huge": "x" * 4000,
    "a colour": "\x1b[31mred.ipynb",
    "turned": "\u202egnp.ipynb",
    "markup": "<img src=x onerror=alert(1)>.ipynb",
    "a drive": "C:con",
    "dots": "..",
    "none": "",
}
TYPES = {
    "no boundary": "multipart/form-data",
    "an empty boundary": "multipart/form-data; boundary=",
    "a huge boundary": f"multipart/form-data; boundary={'x' * 5000}",
    "an unknown charset": "multipart/form-data; boundary=B; charset=evil",
    "base64 as charset": "multipart/form-data; boundary=B; charset=base64",
    "two kinds": "application/x-www-form-urlencoded, multipart/form-data; boundary=B",
    "plain": "text/plain; boundary=B",
    "JSON": "application/json",
    "none": "",
}


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_a_strange_content_type_is_refused(school: School, kind: str) -> None:
    """Boundaries and charsets that are none, around an honest notebook without a token."""
    body = (NOTEBOOK + END).encode()
    answer = school.as_(VICTIM).ask("POST", HAND_IN, content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_name_of_a_file_chooses_nothing(school: School, name: str) -> None:
    """Names of files that are paths, commands or markup: none is kept or shown."""
    farah = school.as_("farah")
    body = token_of(school) + part(FILE.format(name.replace("\\", "\\\\"))) + END
    answer = farah.ask("POST", HAND_IN, content=body.encode(), headers={"Content-Type": KIND})
    assert answer.status_code in (400, 403)  # her token is Mira's: nothing is handed in
    assert not name or name not in answer.text


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "+5", "９", "9" * 30, str(MAX_BODY + 1)])
def test_a_length_that_is_a_lie_is_refused_before_anything_is_read(
    school: School, length: str
) -> None:
    """Content-Length that is no number, or larger than any notebook may be."""
    mira, headers = school.as_(VICTIM), [(b"content-type", KIND.encode())]
    headers.append((b"content-length", length.encode()))

    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    answer = mira.ask("POST", HAND_IN, content=never(), headers=headers)
    assert answer.status_code == 413


def endless(seen: list[int]) -> Iterator[bytes]:
    """Pieces of a body that never ends, and how many were taken."""
    yield (token_of_nobody := part(FILE.format("a"), "")).encode()
    while True:
        seen.append(len(token_of_nobody))
        yield b"x" * (1 << 20)


@pytest.mark.parametrize("lie", [None, "5"], ids=["without a length", "with a small one"])
def test_a_body_without_an_end_is_cut_off(school: School, lie: str | None) -> None:
    """Chunks without end, and more bytes than the length said: counted as they come."""
    seen: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for piece in endless(seen):
            yield piece

    headers = {"Content-Type": KIND} | ({"Content-Length": lie} if lie else {})
    answer = school.as_(VICTIM).ask("POST", HAND_IN, content=body(), headers=headers)
    assert answer.status_code == 413 and len(seen) < 20


def test_a_small_form_without_an_end_is_cut_off(school: School) -> None:
    """The form of a teacher, without end: 64 KiB are read of it."""
    seen: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for piece in endless(seen):
            yield piece

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = school.as_("ada").ask("POST", "/class/tiny/released", content=body(), headers=headers)
    assert answer.status_code == 413 and len(seen) < 3


FORMS = {
    "thousands of fields": "&".join(f"x{n}=" for n in range(5000)),
    "broken bytes": b"csrf=\xff\xfe",
    "broken quotes": "csrf=%zz%&%=%",
    "surrogates": "csrf=%ED%A0%80",
    "NULs": "csrf=%00&\0=\0",
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_a_broken_small_form_changes_nothing(school: School, body: str | bytes) -> None:
    """Forms with thousands of fields, broken quoting and broken letters."""
    content = body if isinstance(body, bytes) else body.encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/class/tiny/released", "/out"):
        answer = school.desk.browser().ask("POST", path, content=content, headers=headers)
        assert answer.status_code in (303, 401)
    answer = school.as_("ada").ask("POST", "/class/tiny/released", content=content, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", [HAND_IN, "/class/tiny/released"])
def test_a_body_that_does_not_come_is_given_up(
    school: School, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that sends a head and then nothing; here patience is no time at all."""
    monkeypatch.setattr(receiving, "PATIENCE_S", 0.0)
    monkeypatch.setattr(receiving, "FORM_PATIENCE_S", 0.0)

    async def body() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    kind = KIND if path == HAND_IN else "application/x-www-form-urlencoded"
    person = VICTIM if path == HAND_IN else "ada"
    answer = school.as_(person).ask("POST", path, content=body(), headers={"Content-Type": kind})
    assert answer.status_code in (408, 403)


@pytest.mark.parametrize("path", [HAND_IN, "/out", "/class/tiny/released", "/api/v1" + HAND_IN])
def test_a_client_that_hangs_up_is_no_error_of_ours(school: School, path: str) -> None:
    """Connections that end in the middle of a body, by who may send one."""
    kind = KIND if HAND_IN in path else "application/x-www-form-urlencoded"
    person = VICTIM if HAND_IN in path else "ada"
    headers = [(b"content-type", kind.encode()), (b"host", b"desk")]
    cookie = school.as_(person).cookies["desk"]
    headers.append((b"cookie", f"desk={cookie}".encode()))
    if path.startswith("/api/"):
        headers.append((b"authorization", f"Bearer {school.token(VICTIM)}".encode()))
    hang_up(school, path, headers)


def hang_up(school: School, path: str, headers: list[tuple[bytes, bytes]]) -> None:
    """Send the head and half of a body, then go."""
    pieces: Iterator[dict[str, object]] = iter(
        [
            {"type": "http.request", "body": b"--B\r\nContent", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": headers, "scheme": "http", "http_version": "1.1"}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": ""}

    async def receive() -> dict[str, object]:
        return next(pieces, {"type": "http.disconnect"})

    async def send(message: object) -> None:
        """Nobody is there any more."""

    thread = threading.Thread(
        target=lambda: asyncio.run(school.desk.app(scope, receive, send))  # type: ignore[arg-type]
    )
    thread.start()
    thread.join()
