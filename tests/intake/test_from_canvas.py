"""Every attempt in Canvas → attempts/ and submitted/: nobody lost, nobody confused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from grader.course.settings import Course
from grader.errors import LmsError
from grader.intake.attempts import StudentAttempts
from grader.intake.from_canvas import collect_from_canvas
from grader.intake.naming.canvas import named
from tests.kit.canvas_class import connected, enroll_forty, id_of, write_roster
from tests.kit.canvas_server import Class, Request, playing
from tests.kit.course import ID


@pytest.fixture
def known() -> Iterator[Class]:
    with playing(Class()) as served:
        yield served


def work(number: int, attempt: int = 1) -> bytes:
    """A notebook that tells whose it is."""
    return json.dumps({"cells": [], "of": number, "attempt": attempt}).encode()


def said(course: Course, known: Class) -> list[str]:
    return [str(line) for line in collect_from_canvas(course, ID, connected(known))]


def submitted(course: Course) -> dict[str, bytes]:
    found = course.submitted_dir.glob(f"*/{ID}/{ID}.ipynb")
    return {path.parent.parent.name: path.read_bytes() for path in found}


def downloads(known: Class) -> list[Request]:
    return [request for request in known.seen if request.path.startswith("/files/")]


@pytest.mark.slow
def test_forty_students_are_found_and_nobody_is_confused(course: Course, known: Class) -> None:
    numbers = enroll_forty(known)
    write_roster(course, known)
    for number in numbers:
        known.hand_in(number, {f"{ID}.ipynb": work(number)})
    for number in numbers[::4]:
        known.hand_in(number, {f"{ID}-1.ipynb": work(number, 2)}, "2026-01-09T11:00:00Z")
    for number in numbers[::8]:  # too late: the attempt before counts
        known.hand_in(number, {f"{ID}-2.ipynb": work(number, 3)}, "2026-01-12T11:00:00Z", True)
    lines = said(course, known)
    expected = {id_of(n): work(n, 2 if n in numbers[::4] else 1) for n in numbers}
    assert submitted(course) == expected
    assert len(lines) == 40
    attempts = {id_of(n): StudentAttempts(course, ID, id_of(n)).attempts for n in numbers}
    assert [len(attempts[id_of(n)]) for n in numbers[:9]] == [3, 1, 1, 1, 2, 1, 1, 1, 3]
    assert str(attempts["s01"][2].submitted_at) == "2026-01-12 11:00:00+00:00"


@pytest.mark.slow
def test_what_was_collected_is_not_fetched_again(course: Course, known: Class) -> None:
    for number in enroll_forty(known)[:9]:
        known.hand_in(number, {f"{ID}.ipynb": work(number)})
    write_roster(course, known)
    said(course, known)
    known.hand_in(503, {f"{ID}.ipynb": work(503, 2)}, "2026-01-09T12:00:00Z")
    known.seen.clear()
    lines = said(course, known)
    assert len(downloads(known)) == 1
    assert [line for line in lines if "replaced" in line] and len(lines) == 10
    assert submitted(course)["s03"] == work(503, 2)


@pytest.mark.slow
def test_a_run_that_broke_off_goes_on_where_it_was(course: Course, known: Class) -> None:
    for number in enroll_forty(known)[:9]:
        known.hand_in(number, {f"{ID}.ipynb": work(number)})
    write_roster(course, known)

    def broken_later(request: Request) -> str | None:
        return "drop" if len(downloads(known)) > 4 and request in downloads(known) else None

    known.troubles = broken_later
    with pytest.raises(LmsError, match="run the same command again"):
        said(course, known)
    assert len(submitted(course)) == 4
    known.troubles = lambda request: None
    known.seen.clear()
    said(course, known)
    assert len(downloads(known)) == 5
    assert submitted(course) == {id_of(n): work(n) for n in range(501, 510)}


def test_a_file_that_does_not_come_costs_nobody_else_anything(course: Course, known: Class) -> None:
    for number in enroll_forty(known)[:3]:
        known.hand_in(number, {f"{ID}.ipynb": work(number)})
    write_roster(course, known)
    lost = known.submissions[502]["history"][0]["attachments"][0]["id"]
    del known.files[lost]
    lines = said(course, known)
    assert submitted(course) == {"s01": work(501), "s03": work(503)}
    assert any(line.startswith("s02: left out: cannot be fetched") for line in lines)


def test_what_is_no_notebook_is_listed(course: Course, known: Class) -> None:
    enroll_forty(known)
    write_roster(course, known)
    known.hand_in(501, {"essay.pdf": b"%PDF"})
    known.hand_in(502, {}, kind="online_text_entry")
    known.hand_in(503, {}, kind="online_url")
    known.hand_in(504, {})  # its file was deleted since
    known.hand_in(505, {f"{ID}.ipynb": work(505), "data.csv": b"1,2"})
    known.hand_in(506, {f"{ID}.ipynb": work(506)})
    known.submissions[506]["history"][0]["attachments"][0]["url"] = ""
    known.submissions[507]["excused"] = True
    lines = "\n".join(said(course, known))
    assert submitted(course) == {"s05": work(505)}
    assert "s01: left out: no notebook in it is of this assignment (essay.pdf)" in lines
    assert "s02: left out: attempt 1: handed in as text in Canvas, not as a file" in lines
    assert "s03: left out: attempt 1: handed in as a link" in lines
    assert "s04: left out: attempt 1: its files were deleted in Canvas" in lines
    assert "s06: left out: deleted or locked in Canvas" in lines
    assert "excused in Canvas: s07" in lines
    assert "no submission of 39 of 40" in lines


def test_the_test_student_is_nobody(course: Course, known: Class) -> None:
    enroll_forty(known)
    write_roster(course, known)
    known.enroll(999, "Student, Test", kind="StudentViewEnrollment")
    known.hand_in(999, {f"{ID}.ipynb": work(999)})
    assert "left out: the work of Canvas's test student" in said(course, known)
    assert submitted(course) == {}


@pytest.mark.slow
def test_anonymous_work_is_collected_under_its_anonymous_id(course: Course, known: Class) -> None:
    numbers = enroll_forty(known)
    write_roster(course, known)
    known.task = {"anonymous_grading": True, "anonymize_students": True}
    for number in numbers:
        known.hand_in(number, {f"{ID}.ipynb": work(number)})
    lines = said(course, known)
    assert submitted(course) == {f"anon_a{n}Z": work(n) for n in numbers}
    assert lines[0].startswith("anonymous marking in Canvas: 40 students get ids")


@pytest.mark.slow
def test_anonymous_ids_are_asked_for_if_the_list_hides_them(course: Course, known: Class) -> None:
    numbers = enroll_forty(known)[:3]
    known.is_admin = False
    known.task = {"anonymous_grading": True, "anonymize_students": True}
    for number in numbers:
        known.hand_in(number, {f"{ID}.ipynb": work(number)})
    said(course, known)
    assert submitted(course) == {f"anon_a{n}Z": work(n) for n in numbers}


@pytest.mark.parametrize(
    "name", ["../../x.ipynb", "/etc/x.ipynb", "a\\..\\x.ipynb", "x\x1b[2J.ipynb"]
)
def test_a_name_from_the_server_chooses_no_path(course: Course, known: Class, name: str) -> None:
    enroll_forty(known)
    write_roster(course, known)
    known.hand_in(501, {name: work(501)})
    lines = said(course, known)
    assert submitted(course) == {"s01": work(501)}
    assert not any("\x1b" in line for line in lines)
    assert not [p for p in course.root.rglob("*.ipynb") if p.name.startswith("x")]


def test_an_origin_is_a_name_of_canvas_whatever_the_student_wrote(
    course: Course, known: Class
) -> None:
    """Pages in a zip go back by the numbers in these names."""
    enroll_forty(known)
    write_roster(course, known)
    known.hand_in(501, {f"x_502_9001_{ID}.ipynb": work(501)})
    said(course, known)
    (attempt,) = StudentAttempts(course, ID, "s01").attempts
    (file,) = named([attempt.origin], ID)
    assert (file.key, file.order, file.own.name) == ("501", 50_000, f"x_502_9001_{ID}.ipynb")


def test_two_numbers_that_contradict_are_listed(course: Course, known: Class) -> None:
    known.enroll(501, "Abara, Ann", email="b@example.org")
    course.roster_path.write_text(
        "id,first_name,last_name,canvas_id,email\n"
        "ann,Ann,Abara,501,a@example.org\nbo,Bo,Berg,,b@example.org\n"
    )
    known.hand_in(501, {f"{ID}.ipynb": work(501)})
    assert any("those of ann and bo" in line for line in said(course, known))
    assert submitted(course) == {}


def test_without_a_roster_canvas_numbers_are_the_ids(course: Course, known: Class) -> None:
    known.enroll(501, "Abara, Ann")
    known.hand_in(501, {f"{ID}.ipynb": work(501)})
    said(course, known)
    assert submitted(course) == {"501": work(501)}
