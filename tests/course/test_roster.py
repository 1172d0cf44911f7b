"""The roster: read with tolerance, refused in one line, and nobody found by a guess."""

from __future__ import annotations

import pytest

from grader.course.roster import Person, Roster, load_roster
from grader.course.settings import Course
from grader.errors import UsageError

HEAD = "id,first_name,last_name,email,section,canvas_id\n"


def roster(course: Course, text: str | bytes) -> Roster:
    data = text.encode() if isinstance(text, str) else text
    course.roster_path.write_bytes(data)
    found = load_roster(course)
    assert found is not None
    return found


def test_without_a_file_there_is_no_roster(course: Course) -> None:
    assert load_roster(course) is None


def test_a_roster_that_course_yml_names_must_be_there(course: Course) -> None:
    path = course.root / "course.yml"
    path.write_text(path.read_text() + "roster: people.csv\n")
    with pytest.raises(UsageError, match=r"people\.csv: not found"):
        load_roster(Course.load(course.root))


def test_names_sections_and_lms_ids_are_read(course: Course) -> None:
    found = roster(course, HEAD + "ada,Ada,Lovelace,ada@example.org,A,501\n")
    ada = Person("ada", "Ada", "Lovelace", "ada@example.org", "A", "501")
    assert list(found) == [ada]
    assert found.by("canvas_id", "501") == found.by("email", "ADA@example.org") == ada
    assert found.by("canvas_id", "") is None


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("Ada", "Lovelace", "Ada Lovelace"),
        ("Ada", "", "Ada"),
        ("", "Lovelace", "Lovelace"),
        ("", "", ""),
        ("佳", "李", "李佳"),
        ("", "李佳", "李佳"),
        ("민수", "김", "김민수"),
    ],
)
def test_a_name_is_written_as_its_script_writes_it(first: str, last: str, full: str) -> None:
    assert Person("a", first, last).full_name == full


@pytest.mark.parametrize(
    ("first", "last", "listed"),
    [("Ada", "Lovelace", "Lovelace, Ada"), ("Ada", "", "Ada"), ("佳", "李", "李佳"), ("", "", "")],
)
def test_only_a_name_that_begins_with_the_given_name_is_turned_round_in_a_list(
    first: str, last: str, listed: str
) -> None:
    assert Person("a", first, last).listed_name == listed


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfID;First Name;Last_Name\r\nada;Ada;Lovelace\r\n",
        "ID\tFirst Name\tLast_Name\nada\tAda\tLovelace\n\n".encode("utf-16"),
        b'"id","first_name","last_name","shoe, size"\n ada ,Ada,Lovelace,38\n,,,\n',
    ],
    ids=["mark-and-semicolons", "utf-16-and-tabs", "quotes-blanks-other-columns"],
)
def test_what_spreadsheets_write_is_understood(course: Course, text: bytes) -> None:
    assert list(roster(course, text)) == [Person("ada", "Ada", "Lovelace")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nada\n", "line 1: no column 'id'"),
        ("id,id\nada,x\n", "line 1: two columns 'id'"),
        ("", "empty; its first line"),
        ("id\nada\n../etc\n", "line 3: id '../etc': An id has at most 64 characters: letters"),
        ("id\nada\nADA\n", "line 3: id 'ADA' is also in line 2"),
        (HEAD + "a,,,,,501\nb,,,,,501\n", "line 3: canvas_id '501' is also in line 2"),
        (HEAD + "a,,,,,=1+1\n", "line 2: canvas_id '=1+1': must begin with"),
        ('id,section\na,"x\ny"\n', "line 3: section"),
        ('id\n"ada\n', "save it as CSV again"),
        ("id\nad\xe9\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_mistake_is_one_line_with_file_place_and_remedy(
    course: Course, text: str | bytes, words: str
) -> None:
    with pytest.raises(UsageError) as refused:
        roster(course, text)
    message = str(refused.value)
    assert message.startswith(str(course.roster_path))
    assert words in message
    assert "\n" not in message


def test_any_identifier_finds_a_person_unless_two_have_it(course: Course) -> None:
    text = "id,sis_login,github\nada,lovelace,a-l\nbela,bb,lovelace\nchidi,,\n"
    found = roster(course, text)
    assert found.by_any("A-L") == found.get("ada")
    assert found.by_any("chidi") == Person("chidi")
    assert found.by_any("lovelace") is None


def test_a_name_finds_everyone_who_has_it(course: Course) -> None:
    text = "id,first_name,last_name\na,José,O’Neill-Ruiz\nb,Li,Wei\nc,Wei,Li\n"
    found = roster(course, text)
    assert [p.id for p in found.by_name("oneillruizjosé")] == ["a"]
    assert [p.id for p in found.by_name("Wei Li")] == ["b", "c"]
    assert found.by_name("") == []


def test_what_differs_in_unicode_only_is_the_same(course: Course) -> None:
    found = roster(course, "id,moodle_username\na,Zoe\u0308\n")
    assert found.by_any("zoë") == found.by("moodle_username", "ｚｏë") == found.get("a")
    with pytest.raises(UsageError, match="is also in line 2"):
        roster(course, "id,moodle_username\na,Zoe\u0308\nb,zoë\n")


def test_vowel_signs_and_blanks_tell_names_apart(course: Course) -> None:
    found = roster(course, "id,first_name,last_name\na,राम,शर्मा\nb,Anna,Lee\n")
    assert [p.id for p in found.by_name("शर्माराम")] == ["a"]
    assert found.by_name("रमा शर्मा") == found.by_name("Ann Alee") == []
