from __future__ import annotations

from errno import ENOSPC

import pytest
from sqlalchemy.exc import OperationalError

from grader.errors import GradebookError
from tests.kit.desk import TestDesk


@pytest.mark.parametrize("path", ["/", "/nowhere", "/healthz", "/api/v1/nowhere", "/in/x"])
def test_every_answer_has_the_strict_headers(desk: TestDesk, path: str) -> None:
    headers = desk.browser().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_in_it(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(b"{}")
    for path in ("/", "/assignments/tiny", "/assignments/tiny/attempts/1"):
        page = mira.get(path).text
        assert "<style" not in page and " style=" not in page and " onclick=" not in page
        assert page.count("<script") == page.count('<script src="/desk.js" defer></script>') == 1


def test_style_and_script_are_the_same_for_all_and_small(desk: TestDesk) -> None:
    script = desk.browser().get("/desk.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(script.content) < 4096
    style = desk.browser().get("/style.css")
    assert "prefers-color-scheme: dark" in style.text and ".drop" in style.text


def test_healthz_tells_a_broken_file_and_the_desk_goes_on(desk: TestDesk) -> None:
    assert desk.browser().get("/healthz").json() == {"status": "ok", "queue": 0}
    mira = desk.browser("mira")
    desk.course.roster_path.write_text("no column of that name\n", encoding="utf-8")
    assert mira.get("/").status_code == 200
    assert desk.browser().get("/healthz").json()["status"] != "ok"


def test_an_error_of_ours_tells_the_student_nothing_of_it(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira = desk.browser("mira")

    def fails(*_: object) -> None:
        raise RuntimeError("inner workings")

    monkeypatch.setattr(desk.receipts, "of", fails)
    answer = mira.get("/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "inner workings" not in answer.text and "Something went wrong" in answer.text
    (warning,) = desk.warnings
    assert warning.startswith("a request ended in RuntimeError at ")
    assert "test_app.py:" in warning and "inner workings" not in warning


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("UPDATE t", {"student": "mira"}, Exception("database is locked")),
        OSError(ENOSPC, "No space left on device", "attempts/tiny/mira/1/tiny.ipynb"),
        GradebookError("sqlite:///gradebook.db: database is locked"),
    ],
)
def test_what_may_be_over_in_a_moment_asks_to_come_back_and_names_nobody(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    mira, bearer = desk.browser("mira"), f"Bearer {desk.token('farah')}"

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(desk.receipts, "of", fails)
    monkeypatch.setattr(desk.receipts, "length", fails)
    page = mira.get("/")
    told = desk.browser().get("/api/v1/assignments/tiny/attempts/1", Authorization=bearer)
    health = mira.get("/healthz")
    assert page.status_code == told.status_code == health.status_code == 503
    assert "cannot save anything" in page.text and told.json()["error"].endswith(".")
    assert page.headers["retry-after"] == told.headers["retry-after"] == "60"
    assert health.json() == {"status": "the database does not answer"}
    assert len(desk.warnings) == 2
    assert all("mira" not in line and "\n" not in line for line in desk.warnings)
