"""What markers have beside an answer."""

from __future__ import annotations

from grader.course.settings import Course
from grader.course.written import written_question, written_questions
from grader.notebook import Notebook, dumps
from tests.kit.course import ID, make_source


def test_only_questions_that_people_grade_are_written(course: Course) -> None:
    assert written_questions(course.assignment(ID)) == ["why"]


def test_the_text_goes_from_the_last_heading_to_the_answer(
    course: Course, release: Notebook
) -> None:
    cells = release["cells"]
    idea = {"cell_type": "markdown", "metadata": {}, "source": "## Why?\n\nSay **why**."}
    more = {"cell_type": "markdown", "metadata": {}, "source": "Two sentences."}
    cells[-1:-1] = [idea, more]
    (course.release_dir(ID) / f"{ID}.ipynb").write_text(dumps(release), encoding="utf-8")
    why = written_question(course, course.assignment(ID), "why")
    assert why.asked == "## Why?\n\nSay **why**.\n\nTwo sentences."
    assert (why.points, why.rubric) == (3, ())


def test_the_solution_is_ours_without_its_markers(course: Course, release: Notebook) -> None:
    source = make_source()
    source["cells"][-1]["source"] = "### BEGIN SOLUTION\nBecause.\n### END SOLUTION"
    path = course.solution_dir(ID) / f"{ID}.ipynb"
    path.write_text(dumps(source), encoding="utf-8")
    assert written_question(course, course.assignment(ID), "why").solution == "Because."
    source["cells"][-1]["source"] = "### BEGIN SOLUTION\nBecause."
    path.write_text(dumps(source), encoding="utf-8")
    why = written_question(course, course.assignment(ID), "why")
    assert why.solution == "### BEGIN SOLUTION\nBecause."


def test_answers_can_be_read_where_our_notebooks_cannot(course: Course) -> None:
    (course.solution_dir(ID) / f"{ID}.ipynb").write_bytes(b"no notebook")
    why = written_question(course, course.assignment(ID), "why")
    assert (why.asked, why.solution) == ("", "")
