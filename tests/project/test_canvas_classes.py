"""Canvas itself with ten nasty rosters: everyone is found or listed, and nobody is confused."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.roster import Person, load_roster
from grader.course.roster_file import open_roster
from grader.course.settings import Course
from grader.intake.canvas_people import people_of
from grader.intake.from_canvas import collect_from_canvas
from tests.kit.canvas_class import connected
from tests.kit.canvas_server import Class, playing
from tests.kit.classes import NASTY, Nasty, Tally, class_of, counted, work_of
from tests.kit.course import ID, write_course

pytestmark = pytest.mark.slow

COLUMNS = ("id", "first_name", "last_name", "section", "canvas_id", "sis_id", "sis_login", "email")


def enrolled(known: Class, scene: Nasty) -> None:
    """Everyone who hands in, as Canvas knows them."""
    for person in scene.handed_in:
        number = int(person.canvas_id)
        ids = {"sis_user_id": person.sis_id, "login_id": person.sis_login, "email": person.email}
        known.enroll(number, person.sortable_name, **ids)
        known.users[number]["name"] = person.full_name
        known.hand_in(number, {f"{ID}.ipynb": work_of(person)})


@pytest.mark.parametrize("nasty", NASTY)
def test_everyone_is_found_or_listed_and_found_again(tmp_path: Path, nasty: str) -> None:
    scene = NASTY[nasty](class_of("zh" if nasty == "same names" else "en"))
    course = write_course(tmp_path / "course")
    roster = [Person(**{c: getattr(p, c) for c in COLUMNS}) for p in scene.roster]
    open_roster(course).with_people(roster).save()
    with playing(Class()) as known:
        enrolled(known, scene)
        canvas = connected(known)
        said = [str(line) for line in collect_from_canvas(course, ID, canvas) if not line.ok]
        people = people_of(canvas, load_roster(course))
        back = people.by_student(canvas.submissions())
    counts = counted(Tally("canvas", "en", nasty, [], [], [], []), course, scene, said)
    assert (counts.confused, counts.lost) == ([], [])
    if nasty in ("as it should be", "NFC and NFD", "other case", "half hand in nothing"):
        assert counts.listed == []
    assert_way_back(course, scene, {s: found.user for s, found in back.items()})


def assert_way_back(course: Course, scene: Nasty, back: dict[str, int]) -> None:
    """Whose work was collected is the person in Canvas who handed it in, or nobody."""
    owners = {(work_of(person), int(person.canvas_id)) for person in scene.handed_in}
    for path in course.submitted_dir.glob(f"*/{ID}/{ID}.ipynb"):
        student = path.parent.parent.name
        assert student not in back or (path.read_bytes(), back[student]) in owners
