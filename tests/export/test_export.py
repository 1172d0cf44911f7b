"""Exports: the contract's records, and files that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export import export
from grader.gradebook import grades
from grader.gradebook.late import Lateness
from grader.gradebook.records import save_result
from grader.notebook import Notebook
from grader.results import CheckResult, Note, NoteKind, QuestionResult, Status, SubmissionResult
from tests.kit.course import ID, make_result, release_by_hand, write_course
from tests.kit.gradescope import assert_valid
from tests.kit.lms import CANVAS, filled, stand_in_for_the_gradebook

ON_TIME = Lateness()
LATE = datetime(2026, 1, 10, 13, 0, tzinfo=UTC)


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands for the gradebook, whose import takes seconds; one test below opens a real one."""
    told: dict[str, Any] = {"scores": {}, "penalties": {}}

    def answer() -> dict[str, grades.Standing]:
        scores, late = told["scores"], told["penalties"]
        return {
            student: grades.Standing(scores.get(student, {}), lateness=late.get(student, ON_TIME))
            for student in {*scores, *late}
        }

    stand_in_for_the_gradebook(monkeypatch, answer)
    return told


def graded(student: str, release: Notebook) -> SubmissionResult:
    checks = (
        CheckResult("test_doubles", "It doubles.", False, 0.0, 3.0, "2x should be 2, but it is 3"),
        CheckResult("test_doubles_zero", "It doubles 0.", True, 1.0, 1.0),
    )
    result = make_result(student, release, square=2.0, why=None)
    double = QuestionResult("double", 1.0, 4.0, mistakes=("double.triples",), checks=checks)
    return replace(
        result,
        questions=(double, *result.questions[1:]),
        notes=(Note(NoteKind.REPAIRED, "Repaired."),),
    )


def table(course: Course, *ids: str) -> str:
    return export.export(course, ids, "csv").files[""].decode()


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_record_has_the_keys_of_the_contract(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    save_result(course, graded("ada", release))
    bare: dict[str, Any] = {"previous_score": None, "mistakes": [], "checks": []}
    assert json.loads(export.to_json(export.rows(course, [ID]))) == [
        {
            "student": "ada",
            "assignment": ID,
            "status": "GRADED",
            "score": 3.0,
            "max_score": 9.0,
            "previous_score": None,
            "late_penalty": 0.0,
            "questions": {
                "double": {
                    "score": 1.0,
                    "max_score": 4.0,
                    "previous_score": None,
                    "mistakes": ["double.triples"],
                    "checks": [
                        {
                            "name": "test_doubles",
                            "passed": False,
                            "points": 0.0,
                            "max_points": 3.0,
                            "message": "2x should be 2, but it is 3",
                        },
                        {
                            "name": "test_doubles_zero",
                            "passed": True,
                            "points": 1.0,
                            "max_points": 1.0,
                            "message": "",
                        },
                    ],
                },
                "square": {"score": 2.0, "max_score": 2.0, **bare},
                "why": {"score": None, "max_score": 3.0, **bare},
            },
            "notes": ["Repaired."],
        }
    ]


def test_scores_by_hand_count_and_penalties_stand_beside_the_score(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    save_result(course, graded("ada", release))
    by_hand.update(
        scores={"ada": {"why": 2.5, "double": 4.0}}, penalties={"ada": Lateness(penalty=0.85)}
    )
    (record,) = export.rows(course)
    assert (record["score"], record["late_penalty"]) == (8.5, 0.85)
    assert record["questions"]["why"]["score"] == 2.5


def test_a_record_tells_what_the_grading_before_gave_without_points_by_hand(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    save_result(course, graded("ada", release))
    by_hand["scores"] = {"ada": {"double": 3.5, "why": 2.5}}
    save_result(course, make_result("ada", release, double=4.0, square=2.0, why=None))
    (record,) = export.rows(course)
    assert (record["score"], record["previous_score"]) == (8.0, 3.0)
    before = {name: q["previous_score"] for name, q in record["questions"].items()}
    assert before == {"double": 1.0, "square": 2.0, "why": None}


def test_our_own_failure_has_no_score_whatever_a_human_gave(
    course: Course, by_hand: dict[str, Any]
) -> None:
    failed = SubmissionResult(
        "ada", ID, Status.NOT_GRADED, 9.0, notes=(Note(NoteKind.NOT_GRADED, "Not graded: box."),)
    )
    save_result(course, failed)
    by_hand["scores"] = {"ada": {"why": 3.0}}
    (record,) = export.rows(course)
    assert (record["status"], record["score"]) == ("NOT_GRADED", None)
    assert [question["score"] for question in record["questions"].values()] == [None] * 3


def test_a_record_that_cannot_be_read_is_listed_as_not_graded(
    course: Course, by_hand: dict[str, Any]
) -> None:
    path = course.result_path(ID, "ada")
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    (record,) = export.rows(course)
    assert (record["student"], record["status"]) == ("ada", "NOT_GRADED")
    assert "cannot be read" in record["notes"][0]


def test_an_unknown_assignment_is_wrong_use(course: Course) -> None:
    with pytest.raises(UsageError, match="other"):
        export.rows(course, ["other"])


def test_nothing_graded_is_an_empty_export_without_a_gradebook(course: Course) -> None:
    assert export.rows(course) == []
    assert export.to_json([]) == "[]\n"
    assert len(table(course).splitlines()) == 1
    assert not (course.root / "gradebook.db").exists()


def test_json_holds_no_nan() -> None:
    text = export.to_json([{"score": float("nan"), "questions": {"a": {"score": float("inf")}}}])
    assert json.loads(text) == [{"score": None, "questions": {"a": {"score": None}}}]


def test_csv_has_one_line_per_submission_and_one_column_per_question(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    save_result(course, graded("ada", release))
    (line,) = read_csv(table(course))
    assert list(line.items()) == [
        ("student", "ada"),
        ("assignment", ID),
        ("status", "GRADED"),
        ("score", "3"),
        ("max_score", "9"),
        ("double", "1"),
        ("square", "2"),
        ("why", ""),
        ("late_penalty", "0"),
        ("final_score", "3"),
        ("notes", "Repaired."),
    ]


def test_with_a_roster_the_csv_has_names_and_everyone_in_it(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    course.roster_path.write_text(
        "id,first_name,last_name,section\nada,Ada,=1+1,A\nbela,Béla,Szabó,B\n", encoding="utf-8"
    )
    save_result(course, graded("ada", release))
    save_result(course, graded("zoe", release))
    by_hand["penalties"] = {"ada": Lateness(7200, 1, 0, 0.3)}
    exported = export.export(course, (), "csv")
    ada, bela, zoe = read_csv(exported.files[""].decode())
    assert (ada["last_name"], ada["section"], ada["final_score"]) == ("'=1+1", "A", "2.7")
    assert ada["notes"].startswith(
        "Repaired. Handed in 2 hours after the deadline. 1 day is charged."
    )
    assert (bela["last_name"], bela["status"], bela["score"]) == ("Szabó", "MISSING", "")
    assert (zoe["last_name"], zoe["notes"]) == ("", "Not in the roster. Repaired.")
    assert exported.remarks == (
        f"{ID}: still waiting for points by hand, which their scores do not include: ada, zoe",
        f"{ID}: no submission: bela",
        f"{ID}: not in the roster: zoe",
    )


def test_what_was_collected_since_is_not_graded_rather_than_missing(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    course.roster_path.write_text("id\nada\nbela\n")
    (course.submitted_dir / "ada" / ID).mkdir(parents=True)
    exported = export.export(course, (), "csv")
    rows = read_csv(exported.files[""].decode())
    assert [row["status"] for row in rows] == ["NOT_GRADED", "MISSING"]
    assert exported.remarks == (
        f"{ID}: collected, but not graded yet; run `grader autograde {ID}`: ada",
        f"{ID}: no submission: bela",
    )


def test_the_csv_of_several_assignments_has_one_line_per_student(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    path = course.root / "course.yml"
    more = "  - {id: other, title: Other, questions: {a: 1}}\nlimits:"
    path.write_text(path.read_text().replace("limits:", more))
    course = Course.load(course.root)
    save_result(course, graded("ada", release))
    failed = SubmissionResult(
        "bela", ID, Status.NOT_GRADED, 9.0, notes=(Note(NoteKind.NOT_GRADED, "Not graded: box."),)
    )
    save_result(course, failed)
    rows = read_csv(table(course))
    assert rows == [
        {"student": "ada", ID: "3", "other": "", "total": "3", "max_total": "10"},
        {"student": "bela", ID: "", "other": "", "total": "0", "max_total": "10"},
    ]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '=HYPERLINK("x","y")'],
)
def test_csv_cells_are_never_formulas(
    course: Course, release: Notebook, by_hand: dict[str, Any], text: str
) -> None:
    save_result(course, replace(graded("ada", release), notes=(Note(NoteKind.REPAIRED, text),)))
    (line,) = csv.DictReader(io.StringIO(table(course), newline=""))
    assert line["notes"] == f"'{text}"


def test_csv_quotes_what_would_break_a_line(
    course: Course, release: Notebook, by_hand: dict[str, Any]
) -> None:
    note = 'a "quoted", comma;\nand a second line'
    save_result(course, replace(graded("ada", release), notes=(Note(NoteKind.REPAIRED, note),)))
    (line,) = read_csv(table(course))
    assert line["notes"] == note


def test_the_gradebook_is_asked_for_scores_by_hand_and_penalties(
    course: Course, release: Notebook
) -> None:
    from grader.gradebook.book import CourseGradebook

    result = graded("ada", release)
    save_result(course, result)
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.store(result, LATE)
    (record,) = export.rows(course)
    assert (record["score"], record["late_penalty"]) == (3.0, 0.3)


def test_into_is_for_an_lms_only(graded_course: Course) -> None:
    with pytest.raises(UsageError, match="--into: only for canvas, moodle, xlsx"):
        filled(graded_course, "csv", CANVAS)


def test_export_writes_one_file_per_graded_student(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    release = release_by_hand(course)
    save_result(course, make_result("ada", release, double=4.0))
    save_result(course, SubmissionResult("bela", ID, Status.NOT_GRADED, 9.0))
    files = export.export(course, (), "gradescope").files
    assert set(files) == {f"{ID}/ada.json"}
    assert_valid(json.loads(files[f"{ID}/ada.json"]))


def test_an_extension_of_a_dropped_student_is_told(graded_course: Course) -> None:
    graded_course.extensions_path.write_text(f"student,assignment,days\nzoe,{ID},3\n")
    for kind in ("csv", "json"):
        remark = export.export(graded_course, (ID,), kind).remarks[-1]
        assert remark.endswith("'zoe' is not in roster.csv; correct the id if it is misspelt")


def test_who_has_a_time_that_cannot_be_read_is_told(graded_course: Course) -> None:
    folder = graded_course.submitted_dir / "ada" / ID
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timestamp.txt").write_text("2026-01-10 17:30:00 IST")
    said = export.export(graded_course, (ID,), "csv").remarks
    assert "tiny: time of submission not known, so without a late penalty: ada" in said


def test_who_was_graded_by_other_points_than_now_is_told(graded_course: Course) -> None:
    told = f"{ID}: graded before points changed; run `grader autograde {ID}`: ada"
    assert not any(map(told.startswith, export.export(graded_course, [ID], "csv").remarks))
    path = graded_course.root / "course.yml"
    path.write_text(path.read_text().replace("double: 4", "double: 5"))
    remarks = export.export(Course.load(graded_course.root), [ID], "csv").remarks
    assert any(remark.startswith(told) for remark in remarks)


def test_points_by_hand_above_a_maximum_that_was_lowered_are_told(graded_course: Course) -> None:
    path = graded_course.root / "course.yml"
    path.write_text(path.read_text().replace("double: 4", "double: 1"))
    remarks = export.export(Course.load(graded_course.root), [ID], "csv").remarks
    assert [r for r in remarks if "more points than the question has" in r and "of 1)" in r]
    path.write_text(path.read_text().replace("double: 1", "double: 4"))
    remarks = export.export(Course.load(graded_course.root), [ID], "csv").remarks
    assert not [r for r in remarks if "more points than the question has" in r]


def test_who_teaches_is_in_no_export(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    release = release_by_hand(course)
    for name in ("ada", "pat"):
        save_result(course, graded(name, release))
    (course.submitted_dir / "tom" / ID).mkdir(parents=True)
    text = "id,role\nada,\nbo,student\npat,teacher\ntom,assistant\n"
    course.roster_path.write_text(text, encoding="utf-8")
    for kind in ("csv", "json", "canvas", "moodle"):
        written = export.export(course, [ID], kind)
        shown = "".join(map(str, (*written.files.values(), *written.remarks)))
        assert ("ada" in shown and "bo" in shown) or kind == "json"
        assert "pat" not in shown and "tom" not in shown


def test_what_is_held_back_has_no_score_for_an_lms(graded_course: Course) -> None:
    held = graded_course.root / "held.csv"
    held.write_text(f"student,assignment\nada,{ID}\n", encoding="utf-8")
    for kind in ("canvas", "moodle"):
        written = export.export(graded_course, [ID], kind)
        assert "5.5" not in written.files[""].decode()
        assert f"{ID}: held back by a teacher, so without a score: ada" in written.remarks
    held.unlink()
    assert "5.5" in export.export(graded_course, [ID], "canvas").files[""].decode()
