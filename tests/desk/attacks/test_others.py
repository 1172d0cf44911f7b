"""Attacks on what is somebody else's: whoever tries them finds what is not there."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from tests.desk.attacks.school import (
    ALL,
    FIELDS,
    MAY,
    NUMBER,
    PROGRAMS,
    VICTIM,
    School,
    every_address,
    seen,
)
from tests.kit.course import make_source
from tests.kit.desk import CSRF
from tests.kit.marks import first_is_fast

ADDRESSES = sorted(MAY)
MULTIPART = "/assignments/{assignment}/attempts"
SECRETS = ("Mira", "Lange", "SECRET", "ANSWER of another")


def ask(
    school: School, person: str, method: str, pattern: str, address: str = ""
) -> tuple[httpx.Response, httpx.Response]:
    """What somebody sees at an address, with the right form for it, and at one that is nowhere."""
    browser = school.as_(person)
    form = browser.form() | FIELDS.get(pattern, {}) if person and method == "POST" else None
    there = browser.ask(method, address or school.address(pattern), data=form)
    nowhere = browser.ask(method, "/there/is/no/such/page", data=form)
    return there, nowhere


def test_every_address_of_the_desk_is_attacked() -> None:
    """A new address must say who may ask for it, before it can be forgotten here."""
    assert sorted(every_address()) == ADDRESSES
    forms = {path for method, path in ADDRESSES if method == "POST"}
    assert forms == FIELDS.keys() | {"/out", MULTIPART, "/api/v1" + MULTIPART}


@pytest.mark.parametrize(
    ("method", "pattern"), first_is_fast(ADDRESSES), ids=[" ".join(a) for a in ADDRESSES]
)
def test_what_is_somebody_elses_looks_like_what_is_not_there(
    school: School, method: str, pattern: str
) -> None:
    """Each address, with the victim's names and numbers in it, by all who may not ask for it."""
    if MAY[method, pattern] == PROGRAMS:
        return  # they have a test of their own
    for person in sorted(ALL - MAY[method, pattern] - {""}):
        there, nowhere = ask(school, person, method, pattern)
        assert seen(there) == seen(nowhere), person
        assert there.status_code == 404
        assert not [secret for secret in SECRETS if secret in there.text]


@pytest.mark.parametrize(("method", "pattern"), ADDRESSES, ids=[" ".join(a) for a in ADDRESSES])
def test_a_stranger_learns_nothing_of_anybody(school: School, method: str, pattern: str) -> None:
    """Each address by who is not signed in: no answer tells whether a person or thing is there."""
    if "" in MAY[method, pattern]:
        return
    stranger, there = school.as_(""), school.address(pattern)
    other = there.replace(VICTIM, "nobody").replace("tiny", "huge").replace(f"/{NUMBER}", "/99")
    answers = [stranger.ask(method, address) for address in (there, other)]
    assert seen(answers[0]) == seen(answers[1])
    assert answers[0].status_code in (401, 404)


@pytest.mark.parametrize(
    ("method", "pattern"), first_is_fast(ADDRESSES), ids=[" ".join(a) for a in ADDRESSES]
)
def test_an_odd_method_is_no_way_around(school: School, method: str, pattern: str) -> None:
    """HEAD, OPTIONS and methods of WebDAV and proxies, by who may not ask for the address."""
    for person in sorted(ALL - MAY[method, pattern]):
        for odd in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "CONNECT"):
            answer = school.as_(person).ask(odd, school.address(pattern))
            assert answer.status_code in (401, 404, 405), (person, odd)
            assert not [secret for secret in SECRETS if secret in answer.text]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
def test_a_wrong_method_tells_nothing_of_ids(school: School, method: str) -> None:
    """An address that knows only POST answers the same for people who are there and who are not."""
    farah = school.as_("farah")
    there = farah.ask(method, school.address("/class/{assignment}/students/{student}/held"))
    other = farah.ask(method, "/class/huge/students/nobody/held")
    assert seen(there) == seen(other)


def test_a_method_in_a_field_or_header_is_not_believed(school: School) -> None:
    """`_method` and `X-HTTP-Method-Override` turn no GET into a POST."""
    ada, path = school.as_("ada"), "/class/tiny/released?_method=POST&released=yes"
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert ada.get(path, **{name: "POST"}).status_code == 405


@pytest.mark.parametrize("number", ["0", "3", "-1", "1.0", "01x", "9" * 19, "9" * 400, "9" * 5000])
def test_a_number_that_is_none_of_theirs_finds_nothing(school: School, number: str) -> None:
    """Attempts before the first and after the last one, and numbers that no machine can hold."""
    for place in ("", "/feedback", "/events"):
        answer = school.as_("farah").get(f"/assignments/tiny/attempts/{number}{place}")
        assert seen(answer) == seen(school.as_("farah").get("/nowhere")), place
    answer = school.as_("ada").get(f"/class/tiny/students/mira/attempts/{number}")
    assert answer.status_code == 404
    answer = school.as_("ada").ask("POST", f"/requests/{number}", data=school.as_("ada").form())
    assert answer.status_code == 404


@pytest.mark.parametrize("person", first_is_fast(["farah", "tom", "eve"]))
def test_a_filter_shows_nobody_of_other_sections(school: School, person: str) -> None:
    """Sections, people and assignments in the query of each list."""
    browser = school.as_(person)
    for query in ("section=tue", "section=Tue", "student=mira", "who=ada", "assignment=tiny"):
        for path in ("/class", "/class/tiny", "/changes", "/requests", "/answers", "/"):
            text = browser.get(f"{path}?{query}").text.replace('value="mira"', "")
            assert not [secret for secret in SECRETS if secret in text], (path, query)


def test_the_program_of_one_student_finds_nothing_of_another(school: School) -> None:
    """The interface for programs, with another student's token, a session's, a teacher's, none."""
    api = f"/api/v1/assignments/tiny/attempts/{NUMBER}"
    told: dict[str, list[int]] = {}
    for person in ("farah", "ada", "tom"):
        for token in (school.token(person), school.as_(person).cookies["desk"]):
            answer = school.desk.browser().get(api, Authorization=f"Bearer {token}")
            told[person] = [*told.get(person, []), answer.status_code]
    assert told == {"farah": [404, 401], "ada": [403, 401], "tom": [403, 401]}
    assert school.as_(VICTIM).get(api).status_code == 401  # her cookie is none for programs


def test_who_teaches_hands_in_for_nobody(school: School) -> None:
    """Teachers and assistants at the students' form, with a notebook and their own token."""
    for person in ("ada", "tom", "eve"):
        browser = school.as_(person)
        assert browser.hand_in(make_source(), csrf=browser.form()["csrf"]).status_code == 404


def test_a_request_about_another_ones_check_is_not_kept(school: School) -> None:
    """Farah asks about Mira's attempt, by the key of a check that both have."""
    farah = school.as_("farah")
    form = {"question": "double", "test": "0" * 64, "text": "Mine!"} | farah.form()
    for number in (1, NUMBER):
        there = f"/assignments/tiny/attempts/{number}/requests"
        assert farah.ask("POST", there, data=form).status_code == 404


def test_a_teacher_who_became_a_student_is_one_at_once(school: School) -> None:
    """A session from before somebody's role was taken away opens no page of teachers."""
    path, ada = school.desk.course.roster_path, school.as_("ada")
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(",teacher", ",student"), encoding="utf-8")
    try:
        assert ada.get("/class").status_code == 404
        there = ada.ask("POST", "/class/tiny/released", data={"released": "yes"} | ada.form())
        assert there.status_code == 404
    finally:
        path.write_text(before, encoding="utf-8")
    assert ada.get("/class").status_code == 200


def test_a_released_zip_holds_no_solution_and_no_work(school: School) -> None:
    """What students download is the release: no source, no hidden test, nobody's attempt."""
    answer = school.as_("farah").get("/assignments/tiny/release.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["tiny/helper.py", "tiny/tiny.ipynb"]
    assert "BEGIN SOLUTION" not in answer.text


def test_a_form_shows_its_token_to_its_own_session_only(school: School) -> None:
    """No page of one session has another session's token in it."""
    tokens = {
        person: set(CSRF.findall(school.as_(person).get("/").text)) for person in ("farah", VICTIM)
    }
    assert len(tokens["farah"]) == len(tokens[VICTIM]) == 1
    assert tokens["farah"].isdisjoint(tokens[VICTIM])
