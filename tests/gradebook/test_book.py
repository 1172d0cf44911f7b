"""The gradebook: nbgrader's rows, written by us."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from grader.course.settings import Course
from grader.errors import GradebookError
from grader.gradebook import book as gradebook_module
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from grader.gradebook.scorecard import graded_notebook
from grader.notebook import Notebook, dumps, loads
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import (
    DUE,
    ID,
    make_result,
)
from tests.kit.gradebook import COMMENTS, GRADES, change, rows
from tests.kit.notebooks import make_cell


def test_registering_again_changes_nothing(
    course: Course, book: CourseGradebook, release: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook_module, "save_cells", None)
    book.register(release, course.assignment(ID))
    assert rows(course, "select name, duedate from assignment") == [
        (ID, "2026-01-10 12:00:00.000000")
    ]
    assert rows(course, "select name, max_score from grade_cells join base_cell using (id)") == [
        ("test_double", 4.0),
        ("test_square", 2.0),
        ("why", 3.0),
    ]


def test_new_points_and_texts_are_taken_over_while_there_are_submissions(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=4.0), DUE)
    changed = deepcopy(release)
    changed["cells"][3]["metadata"]["nbgrader"]["points"] = 5
    changed["cells"][3]["source"] = "assert True"
    book.register(changed, course.assignment(ID))
    query = "select max_score from grade_cells join base_cell using (id) where name='test_double'"
    assert rows(course, query) == [(5.0,)]
    assert rows(course, "select source from source_cell where name='test_double'") == [
        ("assert True",)
    ]


def test_other_cells_are_refused_in_one_line_while_there_are_submissions(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release), DUE)
    changed = deepcopy(release)
    changed["cells"][3] = make_cell("test_cube", "assert True", grade=True, points=4)
    with pytest.raises(GradebookError) as caught:
        book.register(changed, course.assignment(ID))
    assert "added: test_cube; removed: test_double" in str(caught.value)
    assert "nbgrader db assignment remove tiny" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_cells_are_taken_over_before_anyone_hands_in(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    changed = deepcopy(release)
    marks: dict[str, Any] = {"grade": True, "locked": True, "points": 4, "checksum": "x"}
    changed["cells"][3] = make_cell("test_cube", "assert True", **marks)
    book.register(changed, course.assignment(ID))
    names = rows(course, "select name from grade_cells join base_cell using (id) order by name")
    assert names == [("test_cube",), ("test_square",), ("why",)]


def test_a_graded_submission_leaves_the_rows_of_save_auto_grades(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=3.0, why=None), DUE)
    assert rows(course, GRADES) == [
        ("ada", "test_double", 3.0, None, 0),
        ("ada", "test_square", 0.0, None, 0),
        ("ada", "why", None, None, 1),
    ]
    assert rows(course, COMMENTS) == [
        ("double", None),
        ("square", "No response."),
        ("why", None),
    ]
    assert rows(course, "select timestamp from submitted_assignment") == [
        ("2026-01-10 12:00:00.000000",)
    ]


def test_a_graded_submission_leaves_notebook_helpers_and_time(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    result = make_result("ada", release, double=3.0)
    book.store(result, DUE)
    folder = course.autograded_dir / "ada" / ID
    assert sorted(p.name for p in folder.iterdir()) == ["helper.py", "timestamp.txt", f"{ID}.ipynb"]
    notebook = loads((folder / f"{ID}.ipynb").read_bytes())
    assert notebook == loads(dumps(graded_notebook(result, release)))
    sources = [cell["source"] for cell in notebook["cells"]]
    assert result.notebook and sources == [cell["source"] for cell in result.notebook["cells"]]
    text = (folder / "timestamp.txt").read_text(encoding="utf-8")
    assert text == "2026-01-10 12:00:00.000000 UTC"
    book.store(result, None)
    assert not (folder / "timestamp.txt").exists()


def test_a_regrade_keeps_what_a_human_gave(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=3.0, why=None), DUE)
    change(course, "update grade set manual_score=2.5 where auto_score is null")
    change(course, "update comment set manual_comment='Well put.'")
    book.store(make_result("ada", release, double=4.0, why=None), DUE)
    assert rows(course, GRADES) == [
        ("ada", "test_double", 4.0, None, 0),
        ("ada", "test_square", 0.0, None, 0),
        ("ada", "why", None, 2.5, 1),
    ]
    assert rows(course, "select distinct manual_comment from comment") == [("Well put.",)]
    assert book.manual_scores(ID) == {"ada": {"why": 2.5}}
    assert book.manual_comments(ID)["ada"]["why"] == "Well put."


def test_an_answer_that_has_its_points_needs_no_second_look_until_it_changes(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    first = make_result("ada", release, double=3.0, why=None)
    book.store(first, DUE)
    save_result(course, first)
    given = "update grade set manual_score=2.5, needs_manual_grade=0 where auto_score is null"
    change(course, given)
    waiting = "select count(*) from grade where needs_manual_grade"
    book.store(make_result("ada", release, double=4.0, why=None), DUE)
    assert rows(course, waiting) == [(0,)]
    again = make_result("ada", release, double=4.0, why=None)
    assert again.notebook is not None
    again.notebook["cells"][-1]["source"] = "another answer"
    book.store(again, DUE)
    assert rows(course, waiting) == [(1,)]


def test_a_score_changed_by_hand_counts_with_extra_credit(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=3.0), DUE)
    change(course, "update grade set extra_credit=0.5 where auto_score=3.0")
    assert book.manual_scores(ID) == {"ada": {"double": 3.5}}


def test_a_rejected_submission_gets_zeros_and_the_reason(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    result = replace(
        make_result("ada", release),
        status=Status.REJECTED,
        notebook=None,
        notes=(Note(NoteKind.REJECTED, "Rejected: The file is empty."),),
    )
    book.store(result, DUE)
    assert [row[2:] for row in rows(course, GRADES)] == [(0.0, None, 0)] * 3
    assert {comment for _, comment in rows(course, COMMENTS)} == {"Rejected: The file is empty."}
    graded = loads((course.autograded_dir / "ada" / ID / f"{ID}.ipynb").read_bytes())
    outputs = graded["cells"][3]["outputs"]
    assert "The file is empty." in "".join(outputs[0]["text"])
    assert outputs[-1]["data"]["text/plain"] == ["0.0"]


def test_our_own_failure_leaves_no_score_and_no_graded_notebook(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=3.0, why=None), DUE)
    failed = SubmissionResult(
        "ada", ID, Status.NOT_GRADED, 9.0, notes=(Note(NoteKind.NOT_GRADED, "Not graded: box."),)
    )
    book.store(failed, DUE)
    assert [row[2:] for row in rows(course, GRADES)] == [(None, None, 1)] * 3
    assert not (course.autograded_dir / "ada" / ID).exists()


def test_an_unsafe_student_id_never_reaches_rows_or_folders(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("=1+1", release), DUE)
    assert rows(course, "select id from student") == []
    assert not course.autograded_dir.exists()


def test_names_of_the_roster_are_in_nbgraders_table(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release), DUE)
    course.roster_path.write_text("id,first_name,email\nada,Ada,a@x.org\nbela,,\n")
    book.lateness(ID)
    assert rows(course, "select id, first_name, last_name, email from student order by id") == [
        ("ada", "Ada", None, "a@x.org"),
        ("bela", None, None, None),
    ]


def test_a_batch_is_kept_whole_or_not_at_all(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    def batch() -> Iterator[tuple[SubmissionResult, datetime | None]]:
        yield make_result("ada", release), DUE
        raise OSError("no space left")

    with pytest.raises(GradebookError, match="no space left"):
        book.store_all(batch())
    book.store_all([(make_result(name, release), None) for name in ("bob", "eve")])
    assert rows(course, "select student_id from submitted_assignment order by 1") == [
        ("bob",),
        ("eve",),
    ]


def test_formgrader_may_read_while_we_write(course: Course, book: CourseGradebook) -> None:
    assert rows(course, "pragma journal_mode") == [("wal",)]


OPENS = """
import sys
from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
course = Course.load(sys.argv[1])
bundle = load_bundle(course, "tiny")
with CourseGradebook(course) as book:
    book.register(bundle.release, bundle.assignment)
"""


@pytest.mark.slow
def test_runs_that_begin_at_once_on_a_new_course_wait_for_each_other(
    course: Course, release: Notebook
) -> None:
    command = [sys.executable, "-c", OPENS, str(course.root)]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4, said
    mode = (course.root / "gradebook.db").stat().st_mode
    assert not mode & 0o007
