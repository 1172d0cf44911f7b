"""Times of submission in a file of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.roster import Roster, load_roster
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.collect import collect
from grader.intake.times import participants
from tests.kit.course import ID
from tests.kit.downloads import download, taken, write_course_with_roster
from tests.kit.lms import WORKSHEETS


def with_zone(course: Course) -> Course:
    path = course.root / "course.yml"
    path.write_text(path.read_text() + "time_zone: Europe/Berlin\n")
    return Course.load(course.root)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course_with_roster(tmp_path / "course")


def test_times_that_canvas_does_not_tell_come_from_a_file(course: Course, tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text(
        "student,submitted_at\n502,\nbela,2026-01-11T10:00:00+01:00\n501,2026-01-09T10:00:00Z\n"
    )
    names = ["lovelaceada_501_9001_tiny.ipynb", "vonszabóbéla_LATE_502_9002_tiny.ipynb"]
    source = download(tmp_path / "in", *names)
    taken(course, source)
    said = "\n".join(map(str, collect(course, ID, source, times=times)))
    stamps = {s: course.submitted_dir / s / ID / "timestamp.txt" for s in ("ada", "bela")}
    assert stamps["ada"].read_text() == "2026-01-09 10:00:00.000000 UTC"
    assert stamps["bela"].read_text() == "2026-01-11 09:00:00.000000 UTC"
    assert "not when" not in said
    assert "\nafter the deadline: bela" in said
    assert "attempt" not in said  # it is the same work; only its time became known
    assert (
        "bela: updated (vonszabóbéla_LATE_502_9002_tiny.ipynb); handed in 2026-01-11 09:00 UTC"
        in said
    )


def test_a_time_of_somebody_unknown_is_told(course: Course, tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text("student,submitted_at\nadda,2026-01-11T10:00:00+01:00\n502,\n")
    source = download(tmp_path / "in", "lovelaceada_501_9001_tiny.ipynb")
    (line,) = [line for line in collect(course, ID, source, times=times) if not line.ok]
    assert str(line) == f"{times}: nobody is called adda; correct it"


def test_a_time_given_later_wins_over_what_was_told_before(course: Course, tmp_path: Path) -> None:
    names = (
        "ada+tiny+2026-01-09 10:00:00 UTC+x/tiny.ipynb",
        "bela+tiny+2026-01-12 10:00:00 UTC+x/tiny.ipynb",
    )
    source, times = download(tmp_path / "inbound", *names), tmp_path / "times.csv"
    root = course.submitted_dir

    def found() -> list[str]:
        stamps = (root / student / ID / "timestamp.txt" for student in ("ada", "bela"))
        return [stamp.read_text()[:10] for stamp in stamps]

    taken(course, source)
    assert found() == ["2026-01-09", "2026-01-12"]
    for days in (("2026-01-12", "2026-01-09"), ("2026-01-13", "2026-01-10")):
        rows = [f"{s},{day} 11:00 UTC\n" for s, day in zip(("ada", "bela"), days, strict=True)]
        times.write_text("student,submitted_at\n" + "".join(rows))
        said = [str(line) for line in collect(course, ID, source, times=times)]
        assert found() == list(days)
        assert any(f"handed in {days[0]} 11:00 UTC" in line for line in said)
        taken(course, source)  # without them: nothing is undone
        assert found() == list(days)


def test_times_may_name_their_zone_in_any_way_or_leave_it_to_the_course(
    course: Course, tmp_path: Path
) -> None:
    course_yml = course.root / "course.yml"
    course_yml.write_text(course_yml.read_text() + "time_zone: Europe/Berlin\n")
    times = tmp_path / "times.csv"
    times.write_text(
        "student,submitted_at\nada,2026-01-09 07:00 America/New_York\nbela,2026-01-09 13:00\n"
    )
    names = ["lovelaceada_501_9001_tiny.ipynb", "vonszabóbéla_LATE_502_9002_tiny.ipynb"]
    list(collect(Course.load(course.root), ID, download(tmp_path / "in", *names), times=times))
    for student in ("ada", "bela"):
        stamp = course.submitted_dir / student / ID / "timestamp.txt"
        assert stamp.read_text() == "2026-01-09 12:00:00.000000 UTC"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,submitted_at\n", "line 1: no columns 'student' and 'submitted_at'"),
        (
            "student,submitted_at\nada,yesterday\n",
            "line 2: submitted_at 'yesterday' is not understood",
        ),
        ("student,submitted_at\nada,2026-01-09T10:00:00\n", "with its time zone"),
        ("student,submitted_at\nada,2026-01-09 10:00 IST\n", "(IST stands for several time zones)"),
        (
            "student,submitted_at\nada,2026-01-09T10:00:00Z\n501,2026-01-09T11:00:00Z\n",
            "line 3: a second time for 'ada'; keep one",
        ),
    ],
)
def test_a_wrong_time_is_one_line(course: Course, tmp_path: Path, text: str, words: str) -> None:
    times = tmp_path / "times.csv"
    times.write_text(text)
    source = download(tmp_path / "in", "lovelaceada_501_9001_tiny.ipynb")
    with pytest.raises(UsageError) as refused:
        list(collect(course, ID, source, times=times))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("language", WORKSHEETS)
def test_times_come_from_a_grading_worksheet_in_any_language(
    course: Course, tmp_path: Path, language: str
) -> None:
    course = with_zone(course)
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEETS[language], encoding="utf-8")
    source = download(
        tmp_path / "in",
        "Ada Lovelace_7001_assignsubmission_file_/tiny.ipynb",
        "Béla von Szabó_7002_assignsubmission_file_/tiny.ipynb",
    )
    list(collect(course, ID, source, times=path))
    for student in ("ada", "bela"):
        stamp = course.submitted_dir / student / ID / "timestamp.txt"
        assert stamp.read_text() == "2026-01-09 09:00:00.000000 UTC"


def test_a_worksheet_tells_namesakes_apart(course: Course, tmp_path: Path) -> None:
    course = with_zone(course)
    roster = course.roster_path.read_text(encoding="utf-8")
    course.roster_path.write_text(
        roster.replace("mei1,Mei,Lin,", "mei1,Mei,Lin,m1@x.org").replace(
            "mei2,Mei,Lin,", "mei2,Mei,Lin,m2@x.org"
        ),
        encoding="utf-8",
    )
    head = WORKSHEETS["zh"].splitlines()[0]
    cells = "x,,9.00,是,2026年01月9日 星期五 10:00,-,"
    path = tmp_path / "worksheet.csv"
    path.write_text(
        f"{head}\n参与者81,Mei Lin,m2@x.org,{cells}\n参与者82,Mei Lin,m1@x.org,{cells}\n"
    )
    names = [f"Mei Lin_{n}_assignsubmission_file_/tiny.ipynb" for n in (81, 82)]
    source = download(tmp_path / "in", *names)
    said = "\n".join(map(str, collect(course, ID, source, times=path)))
    assert "left out" not in said
    kept = {s: (course.submitted_dir / s / ID / "tiny.ipynb").read_text() for s in ("mei1", "mei2")}
    assert kept == {"mei1": names[1], "mei2": names[0]}


def test_times_of_a_worksheet_need_the_time_zone_of_the_course(
    course: Course, tmp_path: Path
) -> None:
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEETS["en"], encoding="utf-8")
    source = download(tmp_path / "in", "Ada Lovelace_7001_assignsubmission_file_/tiny.ipynb")
    with pytest.raises(UsageError, match="add time_zone: Europe/Berlin"):
        list(collect(course, ID, source, times=path))
    path.write_text(WORKSHEETS["en"].replace("9 January", "9 Jabruary"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 2: the time .* is not understood"):
        list(collect(with_zone(course), ID, source, times=path))


@pytest.mark.parametrize("language", WORKSHEETS)
def test_a_worksheet_tells_each_students_number_unless_something_speaks_against_it(
    course: Course, tmp_path: Path, language: str
) -> None:
    people = "a,Ada,Lovelace,ada@example.org\nb,Béla,Szabó,\nc,Chidi,Okafor,other@example.org\n"
    course.roster_path.write_text(f"id,first_name,last_name,email\n{people}")
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEETS[language], encoding="utf-8")
    roster = load_roster(course)
    assert roster is not None
    assert participants(path, roster) == {"a": "7001", "b": "7002"}
    path.write_text(WORKSHEETS[language].replace("some@example.org", "ada@example.org"))
    assert participants(path, roster) == {"b": "7002"}


def test_another_file_is_no_worksheet(course: Course, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name\nAda\n")
    with pytest.raises(UsageError, match=r"list.csv: no grading worksheet of Moodle"):
        participants(tmp_path / "list.csv", Roster())
