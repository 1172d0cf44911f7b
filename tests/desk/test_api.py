from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import httpx
import pytest

from grader.course.settings import Course
from grader.notebook import dumps
from tests.kit.course import make_source
from tests.kit.desk import TestDesk, set_course

DATA = dumps(make_source()).encode()
PLACE = "/api/v1/assignments/tiny/attempts"


def post(
    desk: TestDesk,
    token: str,
    data: bytes = DATA,
    place: str = PLACE,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    return desk.browser().ask(
        "POST",
        place,
        headers={"Authorization": f"Bearer {token}", **(headers or {})},
        files={"notebook": ("x.ipynb", data)},
    )


def test_a_notebook_is_acknowledged_with_202_and_its_place(desk: TestDesk) -> None:
    token = desk.token("mira")
    answer = post(desk, token)
    assert answer.status_code == 202
    assert answer.headers["location"] == PLACE + "/1"
    assert set(answer.json()) == {"attempt", "received_at", "sha256"}
    assert answer.json()["sha256"] == sha256(DATA).hexdigest()
    there = desk.browser().get(PLACE + "/1", Authorization=f"bearer {token}")
    assert {"state": "waiting", "attempt": 1, "counts": False, "score": None}.items() <= (
        there.json().items()
    )
    assert there.json()["max_score"] == 9 and there.json()["questions"] == {}


def test_every_error_is_one_sentence_in_json(desk: TestDesk, course: Course) -> None:
    desk.course.roster_path.write_text("id,role\nmira,\nada,teacher\n", encoding="utf-8")
    token = desk.token("mira")
    set_course(course, "title: Tiny", "title: Tiny\n    cooldown_minutes: 60")
    answers = {
        401: post(desk, "A" * 22),
        404: post(desk, token, place="/api/v1/assignments/other/attempts"),
        400: post(desk, token, b""),
        403: post(desk, desk.token("ada")),
        405: desk.browser().ask("DELETE", PLACE),
        415: post(desk, token, headers={"Content-Encoding": "gzip"}),
    }
    assert post(desk, token).status_code == 202
    answers[429] = post(desk, token)
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.json()["error"].endswith(".")
    assert answers[401].headers["www-authenticate"] == "Bearer"
    assert answers[405].headers["allow"] == "POST"
    assert answers[429].json()["opens_at"].endswith("+00:00")
    assert 3500 < int(answers[429].headers["retry-after"]) <= 3600
    assert desk.browser().get("/api").json() == {"error": "There is no such address."}


def test_a_token_opens_only_ones_own_attempts(desk: TestDesk) -> None:
    mira, farah = desk.token("mira"), desk.token("farah")
    post(desk, mira)
    theirs = desk.browser().get(PLACE + "/1", Authorization=f"Bearer {farah}")
    nobodys = desk.browser().get(PLACE + "/9", Authorization=f"Bearer {farah}")
    assert (theirs.status_code, theirs.content) == (404, nobodys.content)


def test_a_cookie_is_no_token_of_the_interface(desk: TestDesk) -> None:
    """Else another site could hand in for a student whose browser sends its cookie along."""
    mira = desk.browser("mira")
    answer = mira.ask("POST", PLACE, files={"notebook": ("x.ipynb", DATA)})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, b"{}", 400),
        ({"Content-Type": "multipart/form-data"}, b"--x--", 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"garbage", 400),
        ({"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "-1"}, b"", 413),
        ({"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "9" * 11}, b"", 413),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    desk: TestDesk, headers: dict[str, str], body: bytes, status: int
) -> None:
    bearer = {"Authorization": f"Bearer {desk.token('mira')}", **headers}
    answer = desk.browser().ask("POST", PLACE, headers=bearer, content=body)
    assert answer.status_code == status and answer.json()["error"]


def test_a_body_without_a_length_is_bounded_while_it_comes(desk: TestDesk) -> None:
    sent: list[int] = []

    async def endless():  # the server has to stop reading: this never ends by itself
        yield b'--x\r\nContent-Disposition: form-data; name="notebook"; filename="a"\r\n\r\n'
        while len(sent) < 64:
            sent.append(1)
            yield b"0" * (1 << 20)

    headers = {
        "Authorization": f"Bearer {desk.token('mira')}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    answer = desk.browser().ask("POST", PLACE, headers=headers, content=endless())
    assert answer.status_code == 413
    assert desk.receipts.length() == 0


def test_many_parts_are_refused(desk: TestDesk) -> None:
    parts = [("notebook", ("x", b"{}"))] * 50
    bearer = {"Authorization": f"Bearer {desk.token('mira')}"}
    assert desk.browser().ask("POST", PLACE, headers=bearer, files=parts).status_code == 400
