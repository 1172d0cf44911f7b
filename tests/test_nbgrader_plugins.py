"""nbgrader driven by us, and us plugged into nbgrader."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.converters import GenerateAssignment

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import BuildError
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from grader.grading.submission import grade_submission
from grader.intake.submissions import find_submissions
from grader.nbgrader_plugins import clean_html
from grader.notebook import Notebook, dumps, grade_id, loads
from grader.release.generate import generate_assignment
from tests.kit.course import HIDDEN_TESTS, ID, make_source, write_course

CONFIG = Path(__file__).parents[1] / "nbgrader_config.py"
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "square": "def square(x):\n    return x**2",
    "why": "Since $a < b$. <img src='http://elsewhere/' onerror='alert(1)'>",
}
WRONG = (
    "import warnings\nwarnings.warn('careless')\n"
    "display({'text/html': '<script>alert(1)</script>'}, raw=True)\n"
    "def double(x):\n    return 3 * x"
)
# A hidden test that breaks by itself for one student.
BREAKS = "    assert 1 / (expect_float(student.square(0.0), 'x²') != 13)\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "a course (1)")


def change_source(course: Course, change: Callable[[Notebook], None]) -> None:
    notebook = make_source()
    change(notebook)
    (course.solution_dir(ID) / f"{ID}.ipynb").write_text(dumps(notebook), encoding="utf-8")


def test_the_stock_order_of_generate_assignment_is_the_one_we_rely_on() -> None:
    names = [step.__name__ for step in GenerateAssignment.preprocessors.default_args[0]]
    assert names == [
        "IncludeHeaderFooter",
        "InstantiateTests",
        "LockCells",
        "ClearSolutions",
        "ClearOutput",
        "CheckCellMetadata",
        "ComputeChecksums",
        "SaveCells",
        "ClearHiddenTests",
        "ClearMarkScheme",
        "ComputeChecksums",
        "CheckCellMetadata",
    ]


def test_generate_assignment_makes_stubs_checksums_and_copies_helpers(
    course: Course, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (course.solution_dir(ID) / ".hidden").write_text("x", encoding="utf-8")
    (course.solution_dir(ID) / "scratch.ipynb").write_text("not JSON", encoding="utf-8")
    before = sorted(course.root.rglob("*"))
    into = tmp_path / "into"
    generate_assignment(course, ID, into)
    assert sorted(p.name for p in into.iterdir()) == ["helper.py", f"{ID}.ipynb"]
    release = loads((into / f"{ID}.ipynb").read_bytes())
    cells = {grade_id(cell): cell for cell in release["cells"]}
    assert "raise NotImplementedError()" in cells["double"]["source"]
    assert "2 * x" not in cells["double"]["source"]
    assert len(cells["test_double"]["metadata"]["nbgrader"]["checksum"]) == 32
    assert cells["test_double"]["metadata"]["editable"] is False
    assert cells["why"]["source"] == "YOUR ANSWER HERE"
    assert sorted(course.root.rglob("*")) == before
    assert capfd.readouterr() == ("", "")


def test_generate_assignment_names_the_cell_that_nbgrader_refuses(
    course: Course, tmp_path: Path
) -> None:
    def duplicate(notebook: Notebook) -> None:
        notebook["cells"].append({**notebook["cells"][2], "id": "again"})

    def solution_in_a_check(notebook: Notebook) -> None:
        notebook["cells"][3]["source"] = "### BEGIN SOLUTION\n1\n### END SOLUTION"

    def open_region(notebook: Notebook) -> None:
        notebook["cells"][4]["source"] = "### BEGIN SOLUTION\n1"

    for change, reason in (
        (duplicate, "cell 'double': Duplicate grade id: double"),
        (solution_in_a_check, "cell 'test_double': Solution region detected in a non-solution"),
        (open_region, "cell 'square': no end solution statement found"),
    ):
        change_source(course, change)
        with pytest.raises(BuildError) as caught:
            generate_assignment(course, ID, tmp_path / "into")
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)


def test_generate_assignment_without_a_notebook_is_a_build_error(
    course: Course, tmp_path: Path
) -> None:
    (course.solution_dir(ID) / f"{ID}.ipynb").unlink()
    with pytest.raises(BuildError, match="not found"):
        generate_assignment(course, ID, tmp_path / "into")


def test_html_is_shown_but_neither_runs_nor_loads_anything() -> None:
    kept = "<h1>Title</h1><table><caption>c</caption><tbody><tr><td>1</td></tr></tbody></table>"
    assert clean_html(kept) == kept
    image = '<img src="data:image/png;base64,AAAA">'
    assert clean_html(image) == image
    for hostile in (
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        '<iframe src="data:text/html,x"></iframe>',
    ):
        assert clean_html(hostile) == ""
    for hostile in ('<a href="javascript:alert(1)">x</a>', '<a href="data:text/html,x">x</a>'):
        assert clean_html(hostile) == '<a rel="noopener noreferrer">x</a>'
    assert clean_html('<img src="http://elsewhere/x.png" onerror="x">') == "<img>"


def submit(course: Course, student: str, content: str, name: str = f"{ID}.ipynb") -> Path:
    folder = course.submitted_dir / student / ID
    folder.mkdir(parents=True)
    (folder / name).write_text(content, encoding="utf-8")
    time = "2026-01-11 13:00:00.000000 UTC" if student == "late" else "2026-01-09 13:00:00 UTC"
    (folder / "timestamp.txt").write_text(time, encoding="utf-8")
    return folder


def submit_all(course: Course) -> None:
    """A class in which everything goes wrong that must not stop the others."""
    release = (course.release_dir(ID) / f"{ID}.ipynb").read_bytes()

    def answered(**answers: str) -> str:
        notebook = loads(release)
        for cell in notebook["cells"]:
            cell["source"] = answers.get(grade_id(cell) or "", cell["source"])
        return dumps(notebook)

    submit(course, "ada", answered(**RIGHT))
    submit(course, "late", answered(**{**RIGHT, "double": WRONG}))
    submit(course, "untouched", answered())
    submit(course, "cut_off", answered(**RIGHT)[:900])
    submit(course, "renamed", answered(**RIGHT), "my copy.ipynb")
    submit(course, "unlucky", answered(**{**RIGHT, "square": "def square(x):\n    return 13.0"}))
    folder = submit(course, "shadow", answered(**RIGHT))
    (folder / "helper.py").write_text("1 / 0", encoding="utf-8")
    (folder / "stolen.txt").symlink_to(course.solution_dir(ID) / "hidden_tests.py")
    (course.submitted_dir / "copycat").mkdir()
    (course.submitted_dir / "copycat" / ID).symlink_to(folder)


def nbgrader(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """nbgrader as the instructor runs it, from an environment that is not activated."""
    program = Path(sys.executable).with_name("nbgrader")
    return subprocess.run(
        [str(program), *arguments],
        cwd=course.root,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def rows(course: Course) -> list[tuple[object, ...]]:
    """Everything that grading leaves in the gradebook, without random ids."""
    joined = """join submitted_notebook on submitted_notebook.id = {0}.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        join base_cell on base_cell.id = {0}.cell_id"""
    queries = (
        "select name, duedate from assignment",
        "select name, type from base_cell order by 1, 2",
        "select name, cell_type, locked, source, checksum from source_cell order by 1",
        "select id from student order by 1",
        """select student_id, timestamp, late_submission_penalty
        from submitted_assignment join submitted_notebook
        on submitted_notebook.assignment_id = submitted_assignment.id order by 1""",
        f"""select student_id, name, auto_score, manual_score, extra_credit, needs_manual_grade
        from grade {joined.format("grade")} order by 1, 2""",
        f"""select student_id, name, auto_comment, manual_comment
        from comment {joined.format("comment")} order by 1, 2""",
    )
    connection = sqlite3.connect(course.root / "gradebook.db")
    found = [row for query in queries for row in connection.execute(query)]
    connection.close()
    return found


def read(files: dict[str, bytes]) -> dict[str, object]:
    """Notebooks by what they say, whether they are on one line or not."""
    return {n: loads(data) if n.endswith(".ipynb") else data for n, data in files.items()}


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_nbgrader_autograde_and_the_fast_path_leave_the_same(course: Course) -> None:
    hidden = course.solution_dir(ID) / "hidden_tests.py"
    claim = '    """square(x) is x²."""\n'
    hidden.write_text(HIDDEN_TESTS.replace(claim, claim + BREAKS), encoding="utf-8")
    generate_assignment(course, ID, course.release_dir(ID))
    shutil.copy(CONFIG, course.root)
    submit_all(course)
    root = course.root.with_name("other")
    shutil.copytree(course.root, root, symlinks=True)
    other = Course.load(root)

    bundle = load_bundle(course, ID)
    scores = {}
    with CourseGradebook(course) as book:
        book.register(bundle.release, bundle.assignment)
        for submission in find_submissions(course, ID):
            result = grade_submission(bundle, submission)
            scores[result.student] = (str(result.status), result.score)
            book.store(result, submission.submitted_at)
            save_result(course, result)
    assert scores == {
        "ada": ("GRADED", 6.0),
        "copycat": ("REJECTED", 0.0),
        "cut_off": ("REJECTED", 0.0),
        "late": ("GRADED", 3.0),
        "renamed": ("GRADED", 6.0),
        "shadow": ("GRADED", 6.0),
        "unlucky": ("NOT_GRADED", None),
        "untouched": ("GRADED", 0.0),
    }

    submit(other, "no id", "{}")  # nbgrader makes a row for any folder name; ours has an alias
    run = nbgrader(other, "autograde", ID)
    assert run.returncode == 1, run.stderr
    for student in ("unlucky", "no id"):
        assert f"error processing assignment '{ID}' for student '{student}'" in run.stderr
    assert run.stderr.count(f"error processing assignment '{ID}' for student") == 2
    assert [row for row in rows(other) if "no id" not in row] == rows(course)
    assert read(tree(other.autograded_dir)) == read(tree(course.autograded_dir))
    assert tree(root / "results") == tree(course.root / "results")
    assert not (other.autograded_dir / "shadow" / ID / "stolen.txt").exists()

    run = nbgrader(other, "generate_feedback", ID)
    assert run.returncode == 0, run.stderr
    pages = tree(other.feedback_dir)
    page = pages[f"late/{ID}/{ID}.html"].decode()
    assert "<caption>double: 1 of 4 points</caption>" in page
    assert "Late submission penalty" in page
    assert "<script>alert(1)" not in page
    assert "elsewhere" not in page and "onerror" not in page
    assert "no valid JSON" in pages[f"cut_off/{ID}/{ID}.html"].decode()
