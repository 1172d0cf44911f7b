"""Attacks by texts: whatever people write, pages, logs and terminals stay what they are."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from grader.course.settings import Course
from grader.desk.watch import Journal, Watch
from grader.gradebook.records import save_beside, save_result
from grader.notebook import is_manual
from grader.results import SubmissionResult
from tests.desk.attacks.school import UNLIMITED, every_address
from tests.kit.answers import WITH_RUBRIC, answered
from tests.kit.attempts import KEY, RESULT, graded_attempt
from tests.kit.course import make_result, make_source, release_by_hand, write_course
from tests.kit.desk import STAFF, TestDesk, due_tomorrow, set_course
from tests.kit.marks import first_is_fast
from tests.kit.notebooks import make_cell
from tests.kit.pages import Page
from tests.kit.processes import grader_here

MARK = "x3c"  # in each evil text
EVIL = (
    f"<script>alert('{MARK}')</script><img src=x onerror=alert('{MARK}')>"
    f"\"onmouseover='{MARK}' autofocus onfocus=alert(1) x=\"{{{{7*7777}}}}</title></textarea>"
    f"<a href='javascript:alert(1)'>{MARK}</a>[{MARK}](javascript:alert(1))<svg/onload=alert(1)>"
)
NAME = (
    f"<script>alert('{MARK}')</script><img src=x onerror=alert(1)>"
    f'"onfocus=alert(1) x="{{{{7*7777}}}}'
)
QUERIES = "section student who assignment order after from".split()
ORIGIN_ONLY = ("/", "#", "?", "data:image/")
TAGS = {"iframe", "object", "embed", "base", "applet", "math", "template", "audio", "video"}


def assert_safe(html: str, place: str) -> None:
    """No script but our file, no handler, no address that runs something or leads elsewhere."""
    page = Page(html)
    for tag, attributes in page.tags:
        assert tag not in TAGS, place
        assert not [name for name in attributes if name.startswith("on")], place
        if tag == "script":
            assert attributes == {"src": "/desk.js", "defer": None}, place
        if attributes == {"rel": "icon", "href": "data:,"}:
            continue  # ours: no icon
        for name in ("src", "href", "action", "formaction", "xlink:href", "data", "poster"):
            assert (attributes.get(name) or "/").startswith(ORIGIN_ONLY), place
            assert not (attributes.get(name) or "").startswith("//"), place
        if tag == "meta" and (attributes.get("http-equiv") or "").lower() == "refresh":
            assert (attributes["content"] or "").isdecimal(), place
    assert "54439" not in html, place  # of a template in a text


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDesk]:
    """A class in which every text that somebody can write is evil."""
    course = due_tomorrow(write_course(tmp_path_factory.mktemp("evil") / "course"))
    quoted = NAME.replace('"', '""')
    roster = STAFF.replace("Mira,Lange,Tue", f'"{quoted}","{quoted}","{MARK}<b>Tue"')
    roster = roster.replace("Ada,Lovelace", f'"{quoted}","{quoted}"')
    course.roster_path.write_text(roster, encoding="utf-8")
    set_course(course, "title: Tiny", f"title: {json.dumps(NAME)}\n    feedback_before_due: full")
    set_course(course, "name: Tiny course", f"name: {json.dumps(NAME)}")
    set_course(course, "manual: true", WITH_RUBRIC)
    course = Course.load(course.root)
    release_by_hand(course)
    answered(course, {"farah": "Because.", "mira": EVIL})
    desk = TestDesk(course)
    desk.limit(UNLIMITED)
    graded_attempt(desk, "farah")
    receipt = graded_attempt(desk, "mira", evil_result())
    save_result(course, replace(evil_result(), student="mira"))
    save_beside(course.root / receipt.path, replace(evil_result(), student="mira"))
    write_everywhere(desk)
    yield desk
    desk.close()


def evil_result() -> SubmissionResult:
    """A result whose notebook, checks, outputs and markdown are evil."""
    notebook = make_result("mira", make_source(), double=1.0, why=None).notebook
    assert notebook is not None
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": EVIL + "\x1b]0;owned\x07"},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": EVIL}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": EVIL}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": EVIL}},
        {"output_type": "error", "ename": EVIL, "evalue": EVIL, "traceback": [EVIL]},
    ]
    for cell in notebook["cells"]:
        cell["source"] = EVIL if is_manual(cell) else cell["source"]
        if cell["cell_type"] == "code":
            cell["outputs"] = outputs
    notebook["cells"].append(make_cell("more", EVIL, "markdown"))
    lost = replace(RESULT.questions[0].checks[0], message=EVIL)
    question = replace(RESULT.questions[0], checks=(lost, *RESULT.questions[0].checks[1:]))
    return replace(RESULT, questions=(question, *RESULT.questions[1:]), notebook=notebook)


def write_everywhere(desk: TestDesk) -> None:
    """A request, its answer, points with a comment, a reason and a deadline, all evil."""
    mira, ada = desk.browser("mira"), desk.browser("ada")
    ask = {"question": "double", "test": KEY, "text": EVIL} | mira.form()
    assert mira.ask("POST", "/assignments/tiny/attempts/1/requests", data=ask).status_code == 303
    forms = {
        "/requests/1": {"text": EVIL, "seen": "1"},
        "/class/tiny/students/mira/held": {"reason": EVIL},
        "/class/tiny/students/farah/held": {"reason": "\r\n\x1b[31mred\u202e" + EVIL},
    }
    for path, form in forms.items():
        assert ada.ask("POST", path, data=form | ada.form()).status_code == 303, path
    back = {"back": "yes"} | ada.form()
    ada.ask("POST", "/class/tiny/students/mira/held", data=back)


PAGES = {
    "mira": ("/", "/assignments/tiny", "/assignments/tiny/attempts/1"),
    "farah": ("/", "/assignments/tiny"),
    "ada": (
        "/class",
        "/class/tiny",
        "/class/tiny/students/mira",
        "/class/tiny/students/farah",
        "/answers",
        "/answers/tiny/why",
        "/requests",
        "/changes",
        "/changes?student=mira",
    ),
    "": ("/", "/nowhere", f"/in/{MARK}", "/out"),
}
VISITS = [(person, path) for person, paths in PAGES.items() for path in paths]


@pytest.mark.parametrize(("person", "path"), VISITS, ids=[f"{w} {p}" for w, p in VISITS])
def test_evil_texts_are_text_on_every_page(evil: TestDesk, person: str, path: str) -> None:
    """Names, titles, sections, checks, requests, reasons and answers with markup in them."""
    answer = evil.browser(person).get(path)
    assert_safe(answer.text, path)
    assert "unsafe" not in answer.headers["content-security-policy"]
    if person == "mira" and path.endswith("/1"):
        assert MARK in answer.text  # it is shown, as text


def test_evil_answers_are_text_where_they_are_marked(evil: TestDesk) -> None:
    """A written answer with scripts, in the marker's browser."""
    ada = evil.browser("ada")
    shown = ""
    place = "/answers/tiny/why/next"
    for _ in range(2):
        answer = ada.get(place)
        assert answer.status_code == 303
        page = ada.get(answer.headers["location"]).text
        assert_safe(page, "answer")
        shown += page
        place = f"/answers/tiny/why/next?after={answer.headers['location'].split('?')[0][-22:]}"
    assert MARK in shown


@pytest.mark.parametrize(
    "path", ["/assignments/tiny/attempts/1/feedback", "/class/tiny/students/mira/attempts/1"]
)
def test_no_submitted_html_acts_on_the_feedback_page(evil: TestDesk, path: str) -> None:
    """Outputs of HTML, SVG and JavaScript, errors and markdown, behind a policy of its own."""
    evil_one = evil.browser("mira" if path.startswith("/assignments") else "ada")
    answer = evil_one.get(path)
    assert answer.status_code == 200 and MARK in answer.text
    for tag, attributes in Page(answer.text).tags:
        assert tag not in TAGS | {"script", "form", "input", "link"}
        assert not [name for name in attributes if name.startswith("on")]
        assert not (attributes.get("href") or "").lower().startswith("javascript")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "form-action 'none'" in policy and "connect-src" not in policy


def test_no_file_of_a_submission_has_an_address(evil: TestDesk) -> None:
    """Addresses under which other systems serve submitted files, outputs and folders."""
    mira = evil.browser("mira")
    for path in (
        "/attempts/tiny/mira/1/tiny.ipynb",
        "/submitted/mira/tiny/tiny.ipynb",
        "/feedback/mira/tiny/tiny.html",
        "/assignments/tiny/attempts/1/notebook",
        "/assignments/tiny/attempts/1/tiny.ipynb",
        "/static/../desk.db",
        "/desk.db",
        "/course.yml",
        "/solutions/tiny/tiny.ipynb",
        "/reports/tiny.html",
    ):
        assert mira.get(path).status_code == 404, path


@pytest.mark.slow
def test_what_is_queried_comes_back_as_text(evil: TestDesk) -> None:
    """Reflected scripts in each query that a page reads, and in each part of an address."""
    for person in ("mira", "ada"):
        browser = evil.browser(person)
        for method, pattern in every_address():
            if method == "GET" and "events" not in pattern and pattern not in ("/news", "/openid"):
                address = pattern.replace("{number:short}", "1")
                for name in ("assignment", "student", "question", "token"):
                    address = address.replace(f"{{{name}}}", "<script>alert(1)")
                query = dict.fromkeys(QUERIES, EVIL)
                answer = browser.ask("GET", address.replace("<", "%3C"), params=query)
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert_safe(answer.text, pattern)


HOSTS = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "javascript",
    "X-Original-URL": "/class",
    "X-Rewrite-URL": "/class",
    "Forwarded": "host=evil.example;proto=https",
    "X-Forwarded-Prefix": "//evil.example",
    "Referer": "https://evil.example/",
    "Accept-Language": "../../evil",
}


@pytest.mark.parametrize("name", HOSTS)
def test_a_header_changes_no_page_and_leads_nowhere(evil: TestDesk, name: str) -> None:
    """Names of hosts, addresses and languages in headers, on pages and on the way in."""
    mira, headers = evil.browser("mira"), {name: HOSTS[name]}
    plain, told = mira.get("/"), mira.get("/", **headers)
    assert told.text == plain.text
    answer = evil.browser().get(f"/in/{evil.token('mira')}", **headers)
    assert answer.headers["location"] == "/"
    assert "evil" not in str(answer.headers).lower()


ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "/%2f%2fevil.example",
    "https:evil.example",
    "/..//evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/in//evil.example",
    "/assignments//evil.example",
)


@pytest.mark.parametrize("path", ELSEWHERE)
@pytest.mark.parametrize(
    "name", first_is_fast(["", "next", "url", "redirect", "return_to", "after", "from"])
)
def test_no_address_sends_a_browser_elsewhere(evil: TestDesk, path: str, name: str) -> None:
    """Open redirects by the path and by queries that other systems know."""
    ada = evil.browser("ada")
    for start in (f"/?{name}={path}", f"/answers/tiny/why/next?{name}={path}") if name else (path,):
        address = start if start.startswith("/") else f"/{start}"
        answer = ada.get(f"http://127.0.0.1:8000{address}")
        there = answer.headers.get("location", "/")
        assert there.startswith("/") and not there.startswith(("//", "/\\"))
        assert "evil" not in there


LINES = (
    "/in/%0A%7B%22event%22:%22evil%22%7D",
    "/evil%0D%0A%1b%5b31m",
    "/class/evil%00x",
    "/%e2%80%a8evil",
)


@pytest.mark.parametrize("path", LINES)
def test_nothing_that_is_sent_makes_a_line_in_the_journal(evil: TestDesk, path: str) -> None:
    """Ends of lines, colours and JSON in addresses, methods and headers."""
    stream, before = io.StringIO(), evil.receipts.watch
    evil.receipts.watch = Watch(Journal(stream, True))
    try:
        evil.browser().ask("GET", path, headers={"User-Agent": "evil", "X-Request-Id": "evil"})
        evil.browser().ask("EVIL", path, headers={"X-Forwarded-For": "evil"})
    finally:
        evil.receipts.watch = before
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {line["event"] for line in told} == {"request"}
    assert "evil" not in stream.getvalue().lower()


def test_the_log_prints_a_line_for_each_change_and_no_command(evil: TestDesk) -> None:
    """A reason with ends of lines, colours and turned text, in the terminal of who reads it."""
    done = grader_here(evil.course.root, "log")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 5
    assert not [c for c in done.stdout if c in "\x1b\x07\r\x00\u202e"]
    assert "red" in done.stdout


def test_names_in_the_log_of_programs_are_one_value(evil: TestDesk) -> None:
    """The same as JSON: the evil reason is one text in it."""
    done = grader_here(evil.course.root, "log", "--json")
    entries = json.loads(done.stdout)
    assert len(entries) == 5 and {entry["who"] for entry in entries} == {"ada", "mira"}
