"""The gradebook: nbgrader's rows, written by us."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveCells

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import GradebookError
from grader.gradebook import book as gradebook_module
from grader.gradebook.autograded import graded_notebook
from grader.gradebook.book import CourseGradebook
from grader.gradebook.grades import Grade, grades
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import fingerprint, save_result
from grader.intake.submissions import find_submissions
from grader.notebook import Notebook, dumps, loads
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import (
    COURSE_YML,
    DUE,
    ID,
    hand_in,
    make_result,
    release_by_hand,
    write_course,
)
from tests.kit.notebooks import answered, make_cell

GRADES = """
    select student_id, base_cell.name, auto_score, manual_score, needs_manual_grade
    from grade join base_cell on base_cell.id = cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    order by 1, 2"""
COMMENTS = """
    select base_cell.name, auto_comment
    from comment join base_cell on base_cell.id = cell_id order by 1"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose gradebook knows the assignment, made once: a new database takes seconds."""
    root = tmp_path_factory.mktemp("template") / "course"
    course = write_course(root)
    release = release_by_hand(course)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")  # the command `alembic` is not needed
        with CourseGradebook(course) as book:
            book.register(release, course.assignment(ID))
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    shutil.copytree(template, tmp_path / "course")
    return Course.load(tmp_path / "course")


@pytest.fixture
def release(course: Course) -> Notebook:
    return loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())


@pytest.fixture
def book(course: Course) -> Iterator[CourseGradebook]:
    with CourseGradebook(course) as opened:
        yield opened


def rows(course: Course, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(course.root / "gradebook.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def change(course: Course, statement: str) -> None:
    """Change the gradebook from outside, as formgrader would."""
    connection = sqlite3.connect(course.root / "gradebook.db", timeout=5)
    with connection:
        connection.execute(statement)
    connection.close()


def penalties(course: Course) -> list[object]:
    query = (
        "select n.late_submission_penalty from submitted_notebook n "
        "join submitted_assignment a on n.assignment_id = a.id order by a.student_id"
    )
    return [penalty for (penalty,) in rows(course, query)]


def test_nbgraders_applications_load_after_its_tables() -> None:
    code = (
        "import sys, grader.gradebook.book; assert 'nbgrader.apps' not in sys.modules; "
        "import nbgrader.apps, nbgrader.server_extensions.formgrader as formgrader; "
        "print(nbgrader.apps.NbGraderApp.version)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, version("nbgrader")), run.stderr


def test_cells_are_saved_as_nbgraders_own_preprocessor_saves_them(
    course: Course, release: Notebook, tmp_path: Path
) -> None:
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.register(release, course.assignment(ID))  # nothing may be added twice
    unused = write_course(tmp_path / "unused")
    with CourseGradebook(unused):
        other = unused.gradebook_url
    with Gradebook(other) as theirs:
        theirs.update_or_create_assignment(ID)
    names = {"notebook": ID, "assignment": ID, "db_url": other}
    SaveCells().preprocess(nbformat.from_dict(release), {"nbgrader": names})
    found = []
    for url in (course.gradebook_url, other):
        with Gradebook(url) as either:
            notebook = either.find_notebook(ID, ID)
            cells = (notebook.grade_cells, notebook.solution_cells, notebook.source_cells)
            plain = [sorted((c.to_dict() for c in kind), key=itemgetter("name")) for kind in cells]
            found.append([notebook.kernelspec, [[c | {"id": ""} for c in kind] for kind in plain]])
    assert found[0] == found[1]


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


def test_a_penalty_follows_scores_by_hand_extensions_and_the_policy(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=4.0, why=None), DUE + timedelta(hours=1))
    assert penalties(course) == [0.4]
    change(course, "update grade set manual_score=3 where auto_score is null")
    assert book.lateness(ID)["ada"].penalty == 0.7
    text = COURSE_YML.replace("penalty_per_day: 0.1", "penalty_per_day: 0.2")
    (course.root / "course.yml").write_text(text, encoding="utf-8")
    with CourseGradebook(Course.load(course.root)) as other:
        assert other.lateness(ID)["ada"].penalty == 1.4
    with Gradebook(course.gradebook_url, course.root.name) as formgraders:
        formgraders.grant_extension(ID, "ada", hours=2)
    assert book.lateness(ID)["ada"].penalty == 0
    assert penalties(course) == [None]


def test_a_new_deadline_or_extension_counts_without_regrading(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=4.0, why=0.0), DUE + timedelta(days=2))
    assert penalties(course) == [0.8]
    course.extensions_path.write_text(f"student,assignment,days\nada,{ID},1\n")
    with CourseGradebook(course) as other:
        other.lateness(ID)
    assert penalties(course) == [0.4]
    course.extensions_path.unlink()
    text = COURSE_YML.replace("2026-01-10", "2026-01-12")
    (course.root / "course.yml").write_text(text, encoding="utf-8")
    with CourseGradebook(Course.load(course.root)) as other:
        other.lateness(ID)
    assert penalties(course) == [None]
    assert rows(course, "select duedate from assignment") == [("2026-01-12 12:00:00.000000",)]


def graded(course: Course) -> list[Grade]:
    with GradebookOnDemand(course) as gradebook:
        return grades(gradebook, course.assignment(ID))


def test_a_corrected_time_counts_at_once_for_what_was_graded(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    """A newer attempt that waits to be graded must not lend its time to the old score."""
    for student in ("ada", "bela"):
        path = hand_in(course, student, answered(release, double="double = None")).path
        (path.parent / "timestamp.txt").write_text("2026-01-12 11:00:00 UTC")
        (submission,) = find_submissions(course, ID, [student])
        mark = fingerprint(load_bundle(course, ID), submission)
        result = replace(make_result(student, release, double=4.0), fingerprint=mark)
        save_result(course, result)
        book.store(result, submission.submitted_at)
        (path.parent / "timestamp.txt").write_text("2026-01-10 11:00:00 UTC")
    newer = course.submitted_dir / "bela" / ID / f"{ID}.ipynb"
    newer.write_text("another attempt", encoding="utf-8")
    late = {g.result.student: g.lateness.penalty for g in graded(course)}
    assert late == {"ada": 0.0, "bela": 0.8}
    assert penalties(course) == [None, 0.8]
    shutil.rmtree(course.solution_dir(ID))
    assert len(graded(course)) == 2


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


def test_what_the_database_says_becomes_one_line(
    course: Course, release: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.gradebook.tables.BUSY_TIMEOUT_S", 0.1)
    with CourseGradebook(course) as book:
        other = sqlite3.connect(course.root / "gradebook.db")
        other.execute("begin immediate")
        with pytest.raises(GradebookError, match=r"database is locked; another program[^\n]*$"):
            book.store(make_result("ada", release), DUE)
        other.close()
        book.store(make_result("ada", release), DUE)
        change(course, "update assignment set name='former'")
    with (
        CourseGradebook(course) as book,
        pytest.raises(GradebookError, match=r"No such notebook: tiny[^\n]*; grade[^\n]*$"),
    ):
        book.store(make_result("ada", release), DUE)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///course.yml", "file is not a database; name another file"),
        ("sqlite:///no/such/folder.db", "unable to open database file; does its folder exist"),
        ("nosuchdb://host/name", "nosuchdb"),
    ],
)
def test_a_gradebook_that_cannot_be_opened_is_named(course: Course, url: str, reason: str) -> None:
    with pytest.raises(GradebookError, match=reason) as caught:
        CourseGradebook(course.model_copy(update={"gradebook": url}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["me:secret@127.0.0.1:1/x", "127.0.0.1:1/x?password=secret"])
def test_an_error_tells_the_url_without_its_password(course: Course, place: str) -> None:
    with pytest.raises(GradebookError, match=r"127\.0\.0\.1:1/x") as caught:
        CourseGradebook(course.model_copy(update={"gradebook": f"postgresql://{place}"}))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "interrupted", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"]
)
def test_a_gradebook_whose_making_was_cut_short_is_completed(
    course: Course, interrupted: str
) -> None:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        (made,) = database.execute("SELECT version_num FROM alembic_version").fetchall()
        database.execute(interrupted)
        database.commit()
    for _ in range(2):
        with CourseGradebook(course):
            pass
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [made]
