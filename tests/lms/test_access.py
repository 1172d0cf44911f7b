"""Where Canvas is, and that the token is in no file and in no message."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from grader.course.settings import Course
from grader.errors import CourseError, UsageError
from grader.lms.access import Access, Place, find_access, find_place

URL = "https://canvas.example.edu"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CANVAS_API_URL", "CANVAS_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


def with_address(course: Course, url: str | None) -> Course:
    return course.model_copy(update={"canvas": url})


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (URL, URL),
        (f"{URL}/", URL),
        (f"{URL}/api/v1/", URL),
        ("https://canvas.example.edu:8443", "https://canvas.example.edu:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_the_address_is_that_of_course_yml(
    course: Course, monkeypatch: pytest.MonkeyPatch, given: str, url: str
) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", " 7~secret\n")
    assert find_access(with_address(course, given)) == Access(url, "7~secret")


def test_the_environment_counts_more(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "7~secret")
    monkeypatch.setenv("CANVAS_API_URL", "https://other.example.edu")
    assert find_access(with_address(course, URL)).host == "other.example.edu"


@pytest.mark.parametrize(
    "given",
    [
        None,
        "canvas.example.edu",
        "http://canvas.example.edu",
        "http://127.0.0.1.example.edu",
        "https://",
        "https://me:7~secret@canvas.example.edu",
        "https://canvas.example.edu?access_token=7~secret",
        "https://canvas.example.edu:99999999",
        "ftp://canvas.example.edu",
    ],
)
def test_an_address_that_will_not_do_is_refused(
    course: Course, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "7~secret")
    with pytest.raises(UsageError) as raised:
        find_access(with_address(course, given))
    assert "7~secret" not in str(raised.value) and "\n" not in str(raised.value)


def test_a_missing_token_is_told_with_the_remedy(course: Course) -> None:
    with pytest.raises(UsageError, match="keyring set chainrule canvas"):
        find_access(with_address(course, URL))


def test_the_keyring_has_a_token_for_each_host(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {("chainrule", "canvas.example.edu"): "7~kept"}
    fake = ModuleType("keyring")
    monkeypatch.setattr(fake, "get_password", lambda *key: kept.get(key), raising=False)
    errors = ModuleType("keyring.errors")
    monkeypatch.setattr(errors, "KeyringError", RuntimeError, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert find_access(with_address(course, URL)).token == "7~kept"
    with pytest.raises(UsageError, match="no token"):
        find_access(with_address(course, "https://other.example.edu"))


@pytest.mark.parametrize("token", ["two words", "a\r\nX-Evil: 1", "pässword"])
def test_a_token_that_cannot_be_one_is_not_shown(
    course: Course, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", token)
    with pytest.raises(UsageError, match="copy the token again") as raised:
        find_access(with_address(course, URL))
    assert token not in str(raised.value)


def test_an_access_does_not_show_its_token() -> None:
    assert "secret" not in repr(Access(URL, "7~secret"))


@pytest.mark.parametrize("line", ["canvas_token: 7~x", "canvas: {token: 7~x}", "API_TOKEN: 7~x"])
def test_a_token_in_course_yml_is_refused(course: Course, line: str) -> None:
    path = course.root / "course.yml"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(CourseError, match="a token must not be here") as raised:
        Course.load(course.root)
    assert "7~x" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    ["12/34", f"{URL}/courses/12/assignments/34", f"{URL}/courses/12/assignments/34?module=5"],
)
def test_a_place_is_two_numbers_or_a_page(text: str) -> None:
    assert find_place(text, URL) == Place(12, 34)


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "12/",
        "a/b",
        "../12/34",
        "https://evil.example/courses/12/assignments/34",
    ],
)
def test_any_other_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--canvas"):
        find_place(text, URL)
