"""Makes the sample class: examples/submitted/ from the released notebooks.

Run it after `grader build`, whenever a release has changed:

    python examples/make_class.py [--into FOLDER]

Every submission starts from the release that a student would download. students.py has each
student's answers; README.md says how they should be graded.
"""

from __future__ import annotations

import argparse
import ast
import copy
from pathlib import Path

from students import CLASS, STUB, Student

from grader import notebook
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.course.solution import replace_solution
from grader.judge.catalogue import Alternative, Catalogue, Mistake
from grader.notebook import Cell, Notebook
from grader.system.files import write_whole

COURSE = Path(__file__).parent.parent


def main() -> None:
    """Write every submission of the class."""
    parser = argparse.ArgumentParser(description="Make the sample class from the releases.")
    parser.add_argument("--into", type=Path, default=COURSE / "examples" / "submitted")
    into = parser.parse_args().into
    course = Course.load(COURSE)
    for assignment_id, students in CLASS.items():
        answers = Answers(course, load_bundle(course, assignment_id))
        for name, student in students.items():
            folder = into / name / assignment_id
            text = student.damage(notebook.dumps(answers.filled_in(student)))
            write_whole(folder / student.file_name.format(assignment=assignment_id), text)
            write_whole(folder / "timestamp.txt", student.handed_in + "\n")


class Answers:
    """The possible contents of the answer cells of one assignment.

    Args:
        course: the course.
        bundle: the assignment.
    """

    def __init__(self, course: Course, bundle: Bundle) -> None:
        self._release = bundle.release
        name = f"{bundle.assignment.id}.ipynb"
        solution = notebook.loads((course.solution_dir(bundle.assignment.id) / name).read_bytes())
        self._solved = {notebook.grade_id(cell): cell["source"] for cell in solution["cells"]}
        catalogue = Catalogue.from_source(bundle.mistakes)
        entries: list[Mistake | Alternative] = [*catalogue.mistakes, *catalogue.alternatives]
        self._code = {entry.id: entry.code for entry in entries}

    def filled_in(self, student: Student) -> Notebook:
        """The release with the student's answers in it."""
        filled = copy.deepcopy(self._release)
        for cell in filled["cells"]:
            if notebook.is_manual(cell):
                cell["source"] = student.explain or cell["source"]
            elif notebook.is_solution(cell):
                cell["source"] = self._answer(cell, student)
        return student.mess(filled, self._release)

    def _answer(self, cell: Cell, student: Student) -> str:
        question = notebook.grade_id(cell) or ""
        answer = student.answers.get(question)
        if answer == STUB:
            return str(cell["source"])
        solved = _without_markers(self._solved[question])
        if answer is None:
            return solved
        code = answer if "\n" in answer else self._code[answer]
        return replace_solution(solved, _with_docstrings(code, solved))


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if not line.strip().startswith("###"))


def _with_docstrings(code: str, source: str) -> str:
    """Add the docstrings of the released functions to code, since a student would keep them."""
    released = _functions(source)
    lines = code.strip("\n").split("\n")
    for name, function in reversed(_functions(code.strip("\n")).items()):
        is_bare = ast.get_docstring(function) is None
        if is_bare and name in released and ast.get_docstring(released[name]) is not None:
            text = released[name].body[0]
            docstring = source.split("\n")[text.lineno - 1 : text.end_lineno]
            first = function.body[0].lineno - 1
            while not lines[first - 1].strip() or lines[first - 1].strip().startswith("#"):
                first -= 1
            lines[first:first] = docstring
    return "\n".join(lines)


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    return {n.name: n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)}


if __name__ == "__main__":
    main()
