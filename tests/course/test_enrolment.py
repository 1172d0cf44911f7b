"""A new list is joined to the roster: ids stay, and nobody is taken for somebody else."""

from __future__ import annotations

import pytest

from grader.course.enrolment import Enrolment, Listed, enrolled
from grader.course.roster import Person, Roster

ADA = Person("ada", "Ada", "Lovelace", "ada@x.org", canvas_id="501", sis_id="S1")
MEI1 = Person("mei1", "Mei", "Lin", canvas_id="601")
MEI2 = Person("mei2", "Mei", "Lin")
ROSTER = Roster({person.id: person for person in (ADA, MEI1, MEI2)})


def join(*people: Person, roster: Roster = ROSTER, known: set[str] | None = None) -> Enrolment:
    listed = [Listed(person, f"line {place}") for place, person in enumerate(people, 2)]
    return enrolled(roster, listed, known_ids=known or set())


@pytest.mark.parametrize(
    "told",
    [
        Person("", "Ada", "Lovelace", sis_id="S1"),
        Person("", "ADA", "LOVELACE", email="ADA@x.org"),
        Person("", "Lovelace", "Ada"),
        Person("", "Ada", "Lovelace", sis_login="ada"),
        Person("", canvas_id="501"),
    ],
)
def test_a_student_keeps_their_id(told: Person) -> None:
    found = join(told)
    assert (found.new, found.doubts) == ((), ())
    assert [person.id for person in found.gone] == ["mei1", "mei2"]


def test_a_changed_number_and_a_changed_name_are_told() -> None:
    found = join(Person("", "Ada", "Byron", "ada@x.org", "B", sis_id="S1"), *[MEI1, MEI2])
    assert found.changed == (
        (ADA, Person("ada", "Ada", "Byron", "ada@x.org", "B", canvas_id="501", sis_id="S1")),
    )
    found = join(Person("", "Ada", "Lovelace", canvas_id="501", sis_id="S9"))
    assert found.changed[0][1].sis_id == "S9"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Person("", "Mei", "Lin"), "may be mei1 or mei2"),
        (Person("", "Ada", "Lovelace", canvas_id="777"), "may be ada; if so, write canvas_id 777"),
        (Person("", "Eve", "Doe", canvas_id="501", sis_id="S2"), "name and sis_id differ"),
        (Person("", "X", "Y", "other@x.org", canvas_id="501"), "name and email differ"),
        (Person("", "", "", "ada@x.org", canvas_id="601"), "fits ada and mei1"),
        (Person("", "Zoe", "Dee"), "no student number, login or address"),
    ],
)
def test_who_cannot_be_told_apart_is_named(told: Person, words: str) -> None:
    found = join(told)
    assert words in found.doubts[0]
    assert "line 2" in found.doubts[0]


def test_a_namesake_of_somebody_who_is_there_is_new() -> None:
    found = join(ADA, Person("", "Ada", "Lovelace", canvas_id="777", sis_id="S7"), MEI1, MEI2)
    assert [person.id for person in found.new] == ["S7"]
    assert found.doubts == ()


def test_one_student_in_two_sections_is_one_student() -> None:
    one = Person("", "Eve", "Doe", sis_id="S5", section="A")
    found = join(one, Person("", "Eve", "Doe", sis_id="S5", section="B"))
    assert [(p.id, p.section) for p in found.new] == [("S5", "A and B")]
    found = join(one, Person("", "Eva", "Dow", sis_id="S5"))
    assert "line 3 (Eva Dow): has the same sis_id as line 2 (Eve Doe)" in found.doubts[0]


def test_two_without_numbers_and_with_one_name_are_not_guessed() -> None:
    found = join(Person("", "Bo", "Li"), Person("", "Bo", "Li"))
    assert len(found.doubts) == 2
    assert "several have this name" in found.doubts[0]


def test_a_new_id_is_that_of_work_that_is_there_or_like_the_others() -> None:
    eve = Person("", "Eve", "Doe", "eve@x.org", canvas_id="900", sis_id="S5")
    empty = Roster({})
    assert [p.id for p in join(eve, roster=empty, known={"900"}).new] == ["900"]
    assert [p.id for p in join(eve, roster=empty).new] == ["S5"]
    by_mail = Roster({"bo": Person("bo", "Bo", "Li", "bo@x.org", sis_id="S2")})
    assert [p.id for p in join(eve, roster=by_mail).new] == ["eve"]


def test_two_new_students_never_get_one_id() -> None:
    twins = [Person("", "A", "B", "ab@x.org"), Person("", "C", "D", "ab@y.org")]
    assert [p.id for p in join(*twins, roster=Roster({})).new] == ["ab", "ab@y.org"]


def test_another_unicode_form_is_no_change() -> None:
    zoe = Person("zoe", "Zoë", "Dee", "z@x.org")
    told = Person("", "Zoe\u0308", "DEE", "Z@x.org")
    assert join(told, roster=Roster({"zoe": zoe})).unchanged == ("zoe",)


PAT = Person("pat", "Pat", "Prof", "pat@x.org", role="teacher")
WITH_STAFF = Roster({"ada": ADA}, staff={"pat": PAT})


def test_who_teaches_stays_what_they_are_and_becomes_no_student() -> None:
    found = join(ADA, Person("", "Pat", "Prof", "pat@x.org"), roster=WITH_STAFF)
    assert (found.staff, found.new, found.gone, found.doubts) == ((PAT,), (), (), ())


def test_a_student_with_the_name_of_a_teacher_is_not_guessed() -> None:
    found = join(ADA, Person("", "Pat", "Prof", sis_id="S7"), roster=WITH_STAFF)
    assert "may be pat; if so, write sis_id S7" in found.doubts[0]


def test_no_student_gets_the_id_of_a_teacher() -> None:
    found = join(ADA, Person("", "Paul", "Pit", "pat@y.org"), roster=WITH_STAFF)
    assert [person.id for person in found.new] == ["pat@y.org"]
