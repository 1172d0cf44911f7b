"""Our steps, plugged into nbgrader's commands, give the same as the fast path."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from grader.box.outputs import clean_outputs
from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import load_result, save_result
from grader.grading.submission import grade_submission
from grader.intake.pictures import IMAGE_TYPES
from grader.intake.submissions import find_submissions
from grader.nbgrader_plugins import clean_html
from grader.notebook import dumps, loads
from grader.release.generate import generate_assignment
from tests.kit.course import HIDDEN_TESTS, ID, hand_in, write_course
from tests.kit.files import ROOT, contents
from tests.kit.notebooks import answered, make_cell, make_notebook
from tests.kit.pages import nbconvert_page
from tests.kit.processes import run_nbgrader

CONFIG = ROOT / "nbgrader_config.py"
NOWHERE: dict[str, Any] = {}  # a context of jinja without a page
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
# Makes a hidden test break for one student.
BREAKS = "    assert 1 / (expect_float(student.square(0.0), 'x²') != 13)\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "a course (1)")


def cleaned(html: str) -> str:
    return clean_html(NOWHERE, html)


def test_html_is_shown_but_neither_runs_nor_loads_anything() -> None:
    kept = "<h1>Title</h1><table><caption>c</caption><tbody><tr><td>1</td></tr></tbody></table>"
    assert cleaned(kept) == kept
    image = '<img src="data:image/png;base64,AAAA">'
    assert cleaned(image) == image
    for hostile in (
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        '<iframe src="data:text/html,x"></iframe>',
    ):
        assert cleaned(hostile) == ""
    for hostile in ('<a href="javascript:alert(1)">x</a>', '<a href="data:text/html,x">x</a>'):
        assert cleaned(hostile) == '<a rel="noopener noreferrer">x</a>'
    assert cleaned('<img src="http://elsewhere/x.png" onerror="x">') == "<img>"


@pytest.mark.parametrize("kind", IMAGE_TYPES)
def test_images_are_shown_from_inside_the_page_only(kind: str) -> None:
    image = f'<img src="data:{kind};base64,AAAA">'
    assert cleaned(image) == image
    for hostile in (f"data:{kind},<svg onload=alert(1)>", "data:image/tiff;base64,AAAA"):
        assert cleaned(f'<img src="{hostile}">') == "<img>"
    for tag in ("a href", "object data", "embed src", "iframe src", "image href", "use href"):
        assert "data:" not in cleaned(f'<{tag}="data:{kind};base64,AAAA">x')


@pytest.mark.parametrize("kind", IMAGE_TYPES)
def test_formgrader_shows_attached_pictures(kind: str) -> None:
    """A missing one would stop nbconvert, and formgrader would answer with an error."""
    text = "![here](attachment:a.png) ![gone](attachment:b.png) ![empty](attachment:c.png)"
    cell = make_cell("x", text, "markdown")
    cell["attachments"] = {"a.png": {kind: "AAAA"}, "c.png": {}}
    page = nbconvert_page(make_notebook(cell))
    assert f'<img alt="here" src="data:{kind};base64,AAAA"/>' in page
    assert "gone empty" in page


ACTIVE = (
    "full-credit",
    "onclick",
    "data-toggle",
    'role="',
    "aria-label",
    'name="',
    'id="x',
    "<nav",
)


@pytest.mark.parametrize(
    "html",
    [
        '<div class="full-credit" id="x" name="x" role="button" aria-label="x">Click</div>',
        '<table class="dataframe full-credit" data-toggle="tooltip"><td id="x">Click</td></table>',
        "<nav class='full-credit'><span onclick='x'>Click</span></nav>",
        '<div class="full-credit"><pre>Click</pre></div>',  # like source code with its colours
        '<div class="highlight hl-x full-credit"><pre>Click</pre></div>',
        '<details name="x" class="full-credit"><summary id="x">Click</summary></details>',
    ],
)
def test_nothing_in_an_answer_or_an_output_is_a_button_of_formgrader(html: str) -> None:
    answer = make_cell("x", html, "markdown")
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
    told = {**output, "data": {"text/markdown": html}}
    code = {**make_cell("y", "x"), "outputs": [output, told]}
    page = nbconvert_page(make_notebook(answer, code))
    assert page.count("Click") == 3
    for text in (cleaned(html), *re.findall(r"<[^>]*>[^<>]*Click", page)):
        assert not [sign for sign in ACTIVE if sign in text]


@pytest.mark.parametrize("macro", ["class{full-credit}{5}", "cssId{x}{5}", "href{javascript:x}{5}"])
def test_formulas_make_no_buttons_links_or_ids(macro: str) -> None:
    """MathJax, which formgrader loads, has macros that do."""
    output = {"output_type": "display_data", "metadata": {}}
    outputs = clean_outputs([{**output, "data": {"text/latex": f"$\\{macro}$"}}])
    code = {**make_cell("y", "x"), "outputs": outputs}
    page = nbconvert_page(make_notebook(make_cell("x", f"It is $\\{macro}$.", "markdown"), code))
    assert page.count("⧵" + macro) == 2
    assert "\\" + macro not in page


def test_links_in_an_answer_lead_out_of_formgrader_only() -> None:
    kept = '<a href="https://numpy.org" rel="noopener noreferrer">x</a>'
    assert cleaned('<a href="https://numpy.org">x</a>') == kept
    for inside in ("/logout", "../x", "#y", "//elsewhere/x", "formgrader/x"):
        assert "href" not in cleaned(f'<a href="{inside}">x</a>')


@pytest.mark.slow
def test_source_code_keeps_its_colours_however_long_it_is() -> None:
    page = nbconvert_page(make_notebook(make_cell("x", "y = f(1) + g(2)\n" * 500)))
    assert page.count('<span class="n">y</span>') == 500


def test_formulas_reach_formgrader_as_they_were_written() -> None:
    text = "So $a_i * b_i < c$ and $x_j * y$.\n\n$$\na_1 * b\n- c_1\n$$\n\n*End*, for $5."
    page = nbconvert_page(make_notebook(make_cell("x", text, "markdown")))
    for formula in ("$a_i * b_i &lt; c$", "$x_j * y$", "$$\na_1 * b\n- c_1\n$$", "for $5."):
        assert formula in page
    assert "<em>End</em>" in page


def submit(course: Course, student: str, content: str, name: str = "") -> Path:
    folder = hand_in(course, student, content.encode(), name=name).path.parent
    times = {"late": "2026-01-11 13:00:00.000000 UTC", "renamed": "2026-01-11 18:30:00 IST"}
    time = times.get(student, "2026-01-09 13:00:00 UTC")
    (folder / "timestamp.txt").write_text(time, encoding="utf-8")
    return folder


def submit_all(course: Course) -> None:
    """Hand in for a class in which everything goes wrong that must not stop the others."""
    release = loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())

    def answers(**sources: str) -> str:
        return dumps(answered(release, **sources))

    submit(course, "ada", answers(**RIGHT))
    submit(course, "late", answers(**{**RIGHT, "double": WRONG}))
    submit(course, "untouched", answers())
    submit(course, "cut_off", answers(**RIGHT)[:900])
    submit(course, "renamed", answers(**RIGHT), "my copy")
    submit(course, "unlucky", answers(**{**RIGHT, "square": "def square(x):\n    return 13.0"}))
    folder = submit(course, "shadow", answers(**RIGHT))
    (folder / "helper.py").write_text("1 / 0", encoding="utf-8")
    (folder / "stolen.txt").symlink_to(course.solution_dir(ID) / "hidden_tests.py")
    (course.submitted_dir / "copycat").mkdir()
    (course.submitted_dir / "copycat" / ID).symlink_to(folder)


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
    """The files, with notebooks parsed, since their layout may differ."""
    return {n: loads(data) if n.endswith(".ipynb") else data for n, data in files.items()}


@pytest.mark.slow
def test_nbgrader_autograde_and_the_fast_path_leave_the_same(course: Course) -> None:
    hidden = course.solution_dir(ID) / "hidden_tests.py"
    claim = '    """square(x) is x²."""\n'
    hidden.write_text(HIDDEN_TESTS.replace(claim, claim + BREAKS), encoding="utf-8")
    generate_assignment(course, ID, course.release_dir(ID))
    shutil.copy(CONFIG, course.root)
    submit_all(course)
    course.groups_path.write_text("group,student\nPair,partner\nPair,ada\n", encoding="utf-8")
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
        "partner": ("GRADED", 6.0),  # by the notebook that ada handed in
        "renamed": ("GRADED", 6.0),
        "shadow": ("GRADED", 6.0),
        "unlucky": ("NOT_GRADED", None),
        "untouched": ("GRADED", 0.0),
    }

    submit(other, "no id", "{}")  # nbgrader adds a row for any folder name; we use an alias
    run = run_nbgrader(other.root, "autograde", ID)
    assert run.returncode == 1, run.stderr
    for student in ("unlucky", "no id"):
        assert f"error processing assignment '{ID}' for student '{student}'" in run.stderr
    assert run.stderr.count(f"error processing assignment '{ID}' for student") == 2
    assert "renamed: the time '2026-01-11 18:30:00 IST' cannot be read" in run.stderr
    assert [row for row in rows(other) if "no id" not in row] == rows(course)
    assert read(contents(other.autograded_dir)) == read(contents(course.autograded_dir))
    assert contents(root / "results") == contents(course.root / "results")
    assert not (other.autograded_dir / "shadow" / ID / "stolen.txt").exists()

    run = run_nbgrader(other.root, "generate_feedback", ID)
    assert run.returncode == 0, run.stderr
    pages = contents(other.feedback_dir)
    page = pages[f"late/{ID}/{ID}.html"].decode()
    assert "<caption>double: 1 of 4 points</caption>" in page
    assert "Late submission penalty" in page
    assert "<script>alert(1)" not in page
    assert "elsewhere" not in page and "onerror" not in page
    assert "not valid JSON" in pages[f"cut_off/{ID}/{ID}.html"].decode()


@pytest.mark.slow
def test_nbgrader_autograde_gives_the_same_scores_if_figures_are_drawn_later(
    course: Course,
) -> None:
    generate_assignment(course, ID, course.release_dir(ID))
    shutil.copy(CONFIG, course.root)
    settings = course.root / "course.yml"
    settings.write_text(f"{settings.read_text()}\nfigures: later\n", encoding="utf-8")
    submit_all(course)
    run = run_nbgrader(course.root, "autograde", ID, "--student", "ada")
    assert run.returncode == 0, run.stderr
    kept = load_result(course, ID, "ada")
    assert kept is not None
    assert (kept.score, kept.figures) == (6.0, "later")
