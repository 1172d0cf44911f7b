from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from grader.course.openid import Column
from grader.course.roster import IDENTIFIERS
from grader.course.settings import Course
from grader.errors import CourseError
from tests.kit.course import COURSE_YML


def load(root: Path, openid: str, more: str = "") -> Course:
    text = f"{COURSE_YML}\ndesk: {{openid: {{{openid}}}{more}}}\n"
    (root / "course.yml").write_text(text, encoding="utf-8")
    return Course.load(root)


def test_two_keys_are_enough(tmp_path: Path) -> None:
    openid = load(
        tmp_path, "issuer: 'https://login.example.edu/realms/x', client_id: d"
    ).desk.openid
    assert openid is not None
    assert (openid.claim, openid.column) == ("email", "email")
    assert openid.scopes == ("openid", "email", "profile")


def test_every_column_is_one_that_tells_people_apart() -> None:
    assert set(get_args(Column)) < set(IDENTIFIERS)


OURS = "issuer: 'https://login.example.edu', client_id: d"


@pytest.mark.parametrize(
    ("openid", "more", "problem"),
    [
        ("client_id: d", "", "desk.openid.issuer: missing"),
        ("issuer: login.example.edu, client_id: d", "", "such as https://login.example.edu"),
        ("issuer: 'http://login.example.edu', client_id: d", "", "must begin with https"),
        ("issuer: 'https://a:b@login.example.edu', client_id: d", "", "address of a provider"),
        ("issuer: 'https://login.example.edu?x=1', client_id: d", "", "address of a provider"),
        (f"{OURS}, claim: nickname", "", "people choose nickname themselves"),
        (f"{OURS}, claim: 'a b'", "", "name of a claim"),
        (f"{OURS}, column: section", "", "desk.openid.column: must be 'id', 'email'"),
        (f"{OURS}, scopes: [email]", "", "must have openid among them"),
        (f"{OURS}, client_secret: hush", "", "GRADER_OPENID_SECRET"),
    ],
)
def test_a_wrong_key_is_told_in_one_line(
    tmp_path: Path, openid: str, more: str, problem: str
) -> None:
    with pytest.raises(CourseError) as refused:
        load(tmp_path, openid, more)
    assert problem in str(refused.value) and "\n" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_course_without_any_way_in_is_refused(tmp_path: Path) -> None:
    (tmp_path / "course.yml").write_text(f"{COURSE_YML}\ndesk: {{personal_links: false}}\n")
    with pytest.raises(CourseError, match="without personal_links nobody gets in"):
        Course.load(tmp_path)
    assert not load(tmp_path, OURS, ", personal_links: false").desk.personal_links
