"""The last gate: hidden tests must tell every wrong version from the right one."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import BuildError
from grader.release.build import BuildReport, build
from grader.system.listener import Advance, Listener
from tests.kit.course import ID, write_course
from tests.kit.marks import first_is_fast

HEAD = "from grader.judge.catalogue import Alternative, Mistake\n"
KILLED = '    Mistake("double.triple", "double", "Twice?", "def double(x):\\n    return 3 * x"),\n'
SURVIVING = '    Mistake("double.same", "double", "Twice?", "def double(x):\\n    return x + x"),\n'
RIGHT = 'Alternative("double.sum", "double", "def double(x):\\n    return x + x")'
WRONG = 'Alternative("double.bad", "double", "def double(x):\\n    return x + 1")'
BROAD = (
    '    Mistake("square.both", "square", "?", "def square(x):\\n    return 0.0\\n\\n"'
    ' "def double(x):\\n    return 0.0"),\n'
)


def catalogue(course: Course, mistakes: str = "", alternatives: str = "") -> None:
    text = f"{HEAD}MISTAKES = [\n{mistakes}]\nALTERNATIVES = [{alternatives}]\n"
    (course.solution_dir(ID) / "mistakes.py").write_text(text)


def rewrite(course: Course, name: str, change: Callable[[str], str]) -> None:
    path = course.solution_dir(ID) / name
    path.write_text(change(path.read_text()))


def refused(course: Course) -> str:
    with pytest.raises(BuildError) as caught:
        build(course, ID)
    assert not course.release_dir(ID).exists()
    assert not (course.solution_dir(ID) / "gates.json").exists()
    return str(caught.value)


@pytest.mark.slow
def test_the_table_counts_variants_with_the_right_scores(course: Course) -> None:
    catalogue(course, KILLED, RIGHT)
    double, square = build(course, ID).proof.rows
    assert (double.question, double.mistakes, double.alternatives) == ("double", 1, 1)
    assert double.killed >= 3  # 2 / x, 3 * x, 0 * x
    assert double.equivalent == 0
    assert (square.mistakes, square.alternatives) == (0, 0)
    assert square.killed >= 1


@pytest.mark.parametrize(
    ("mistakes", "alternatives", "words"),
    first_is_fast(
        [
            (
                SURVIVING,
                "",
                "mistakes.py: double: double.same: this mistake loses no points; add a hidden test",
            ),
            (
                "",
                WRONG,
                "mistakes.py: double: double.bad: this alternative loses points in double; "
                "correct it",
            ),
            (
                BROAD,
                "",
                "hidden_tests.py: square: square.both: this mistake loses points in double too",
            ),
        ]
    ),
)
def test_an_entry_with_wrong_scores_stops_the_release(
    course: Course, mistakes: str, alternatives: str, words: str
) -> None:
    catalogue(course, mistakes, alternatives)
    assert words in refused(course)


@pytest.mark.slow
def test_a_mutant_that_no_test_kills_stops_the_release(course: Course) -> None:
    rewrite(course, "hidden_tests.py", lambda text: text.replace("rng.normal()", "0"))
    told = refused(course)
    assert "return x * x → return x + x: this mutant of square survives" not in told
    assert "return 2 * x → return 3 * x: this mutant of double survives" in told
    assert "list it with its reason in equivalent_mutants.yml" in told


def listed(course: Course, text: str) -> None:
    (course.solution_dir(ID) / "equivalent_mutants.yml").write_text(text, encoding="utf-8")


LUCKY = (
    '    Mistake("double.lucky", "double", "?",'
    ' "def double(x):\\n    return 2 * x if x > 0 else 0.0"),\n'
)


@pytest.mark.slow
def test_a_mistake_that_only_some_inputs_show_stops_the_release(course: Course) -> None:
    """Two of eight students may pass; the message names one, and one of those who do not."""
    catalogue(course, LUCKY + SURVIVING)
    assert re.fullmatch(
        r"solutions/tiny/hidden_tests\.py: double: double\.lucky: student proof-\d passes "
        r"`test_doubles`, proof-\d fails it; give that check a chosen input",
        refused(course),
    )


@pytest.mark.slow
def test_an_alternative_that_passes_by_luck_stops_the_release(course: Course) -> None:
    catalogue(course, "", RIGHT)
    unfair = "x = float(rng.normal())\n    assert x > -1"
    rewrite(
        course,
        "hidden_tests.py",
        lambda text: text.replace("x = float(rng.normal())", unfair, 1),
    )
    told = refused(course)
    assert "passes `test_doubles`" in told
    assert told.endswith("make it pass always")


KEEPING = (
    '    Mistake("double.keeping", "double", "?", "asked = []\\n\\n\\n'
    'def double(x):\\n    asked.append(x)\\n    return 2 * x * (len(asked) > 3)"),\n'
)


@pytest.mark.slow
def test_what_a_variant_keeps_does_not_reach_the_next_student(course: Course) -> None:
    catalogue(course, KEEPING)
    assert build(course, ID).proof.rows[0].mistakes == 1


DEADLY = (
    '    Mistake("double.deadly", "double", "?", "import os\\n\\n\\n'
    'def double(x):\\n    os._exit(1) if x else 0\\n    return 0.0"),\n'
)


@pytest.mark.slow
def test_a_box_that_a_variant_ended_judges_no_other_student(course: Course) -> None:
    catalogue(course, DEADLY)
    assert build(course, ID).proof.rows[0].mistakes == 1


@pytest.mark.slow
def test_questions_of_chance_are_proved_with_more_students(course: Course) -> None:
    mark = '@pytest.mark.question("double", points=3)\n'
    rewrite(
        course,
        "hidden_tests.py",
        lambda text: text.replace(mark, mark + "@pytest.mark.chance\n"),
    )
    assert [row.students for row in build(course, ID).proof.rows] == [24, 8]


def weak(course: Course) -> None:
    """Test `double` at 0 only."""
    change = "x = 0.0\n    assert_close(expect_float(student.double"
    rewrite(
        course,
        "hidden_tests.py",
        lambda text: text.replace(
            "x = float(rng.normal())\n    assert_close(expect_float(student.double", change
        ),
    )


@pytest.mark.slow
def test_a_listed_mutant_is_no_survivor(course: Course) -> None:
    weak(course)
    listed(course, "double: it is tested at 0 only\n")
    double = build(course, ID).proof.rows[0]
    assert double.equivalent >= 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "double:\n  return 2 * x → return 3 * x: why\n",
            "return 3 * x: a test kills it; remove it",
        ),
        (
            "double:\n  return x → return 7: why\n",
            "return 7: there is no such mutant; remove it",
        ),
        ("triple: why\n", "triple: there is no such function; remove it"),
        ("- double\n", "each function needs a reason"),
        ("double: {a: ''}\n", "each function needs a reason"),
        ("double: [\n", "cannot be read"),
    ],
)
def test_a_list_that_does_not_fit_stops_the_release(course: Course, text: str, words: str) -> None:
    listed(course, text)
    assert words in refused(course)


def noting(tried: list[int], stop_after: int | None = None) -> Listener:
    """A listener that notes how many variants will be graded, and raises Ctrl-C after some."""

    @contextmanager
    def progress(total: int, what: str) -> Iterator[Advance]:
        tried.append(total)
        numbers = itertools.count(1)

        def advance(done: object) -> None:
            if next(numbers) == stop_after:
                raise KeyboardInterrupt

        yield advance

    return Listener(progress=progress)


def counting(course: Course, **options: bool) -> tuple[BuildReport, int]:
    """Build; returns the report, and how many variants were graded for it."""
    tried: list[int] = []
    return build(course, ID, listener=noting(tried), **options), sum(tried)


SOLUTION = 1  # it is graded beside its variants


@pytest.mark.slow
def test_what_was_proved_is_not_proved_again(course: Course) -> None:
    report, graded = counting(course)
    assert graded == sum(row.killed for row in report.proof.rows) + SOLUTION
    assert counting(course) == (report.__class__(**{**vars(report), "changed": False}), 0)
    assert counting(course, check=True)[1] == 0
    assert counting(course, prove_again=True)[1] == graded


def names_beside_the_solution(course: Course) -> list[str]:
    return sorted(path.name for path in course.solution_dir(ID).iterdir())


@pytest.mark.slow
def test_a_check_that_proves_grades_all_variants_every_time_and_keeps_nothing(
    course: Course,
) -> None:
    whole = counting(course)[1]
    before = names_beside_the_solution(course)
    for _ in range(2):
        assert counting(course, check=True, prove_again=True)[1] == whole
        assert names_beside_the_solution(course) == before


@pytest.mark.slow
def test_a_proof_that_failed_is_told_again_at_once_but_done_again_when_asked(
    course: Course,
) -> None:
    catalogue(course, SURVIVING)
    tried: list[int] = []
    for again in (False, False, True):
        with pytest.raises(BuildError, match=r"double\.same: this mistake loses no"):
            build(course, ID, listener=noting(tried), prove_again=again)
    first, at_once, asked = tried
    assert (at_once, asked) == (0, first)


@pytest.mark.slow
def test_a_lottery_is_told_again_at_once(course: Course) -> None:
    catalogue(course, LUCKY)
    told = refused(course)
    assert "fails it" in told
    tried: list[int] = []
    with pytest.raises(BuildError, match=re.escape(told)):
        build(course, ID, listener=noting(tried))
    assert not tried


@pytest.mark.slow
def test_another_version_of_the_kit_goes_on_with_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue(course, SURVIVING)
    refused(course)
    monkeypatch.setattr("grader.release.proof.kit_digest", lambda: "another")
    tried: list[int] = []
    with pytest.raises(BuildError):
        build(course, ID, listener=noting(tried))
    assert tried[0] > 0


def another_input(text: str) -> str:
    """The hidden tests, with another input in a test of `square`."""
    changed = text.replace("expect_float(student.square(x)", "expect_float(student.square(+x)")
    assert changed != text
    return changed


@pytest.mark.slow
def test_changed_tests_are_proved_anew_and_check_says_so(course: Course) -> None:
    build(course, ID)
    rewrite(course, "hidden_tests.py", another_input)
    with pytest.raises(BuildError, match=r"gates.json: stale; run `grader build tiny`"):
        build(course, ID, check=True)
    assert counting(course)[1] > 0


def shared(text: str) -> str:
    """The hidden tests, whose inputs come from a function that both questions use."""
    drawn = text.replace("x = float(rng.normal())", "x = draw(rng)")
    return f"{drawn}\n\ndef draw(rng):\n    return float(rng.normal())\n"


@pytest.fixture(scope="module")
def proved_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = write_course(tmp_path_factory.mktemp("proved"))
    catalogue(course, KILLED, RIGHT)
    rewrite(course, "hidden_tests.py", shared)
    build(course, ID)
    return course.root


@pytest.fixture
def proved(proved_once: Path, tmp_path: Path) -> Course:
    """A copy of it."""
    return Course.load(shutil.copytree(proved_once, tmp_path / "course"))


@pytest.mark.slow
def test_an_edit_of_one_test_proves_its_question_again(proved: Course) -> None:
    before = build(proved, ID).proof.rows
    rewrite(proved, "hidden_tests.py", another_input)
    report, graded = counting(proved)
    double, square = report.proof.rows
    assert graded == square.killed + SOLUTION
    assert double == before[0]
    assert square.digest != before[1].digest


@pytest.mark.slow
def test_an_edit_of_what_tests_share_proves_all_questions_that_use_it_again(
    proved: Course,
) -> None:
    rewrite(proved, "hidden_tests.py", lambda text: text.replace("normal())\n", "normal() + 1)\n"))
    assert counting(proved)[1] == counting(proved, prove_again=True)[1]


@pytest.mark.slow
def test_an_edit_of_a_mistake_proves_its_question_again(proved: Course) -> None:
    rewrite(proved, "mistakes.py", lambda text: text.replace("3 * x", "4 * x"))
    report, graded = counting(proved)
    double = report.proof.rows[0]
    assert graded == double.mistakes + double.alternatives + double.killed + SOLUTION


@pytest.mark.slow
def test_comments_docstrings_and_hints_are_nothing_to_prove_again(proved: Course) -> None:
    rewrite(proved, "hidden_tests.py", lambda text: f"# why\n{text.replace('is 2x.', 'doubles.')}")
    rewrite(proved, "mistakes.py", lambda text: text.replace("Twice?", "Only twice?"))
    assert counting(proved)[1] == 0
    assert counting(proved, check=True)[1] == 0


def test_a_proof_holds_for_a_course_with_another_seed(proved: Course) -> None:
    path = proved.root / "course.yml"
    path.write_text(path.read_text().replace("seed: 7", "seed: 8"))
    assert counting(Course.load(proved.root))[1] == 0


@pytest.mark.slow
def test_a_whole_proof_is_the_same_whatever_the_seed_of_the_course(proved: Course) -> None:
    proof = build(proved, ID, prove_again=True).proof
    path = proved.root / "course.yml"
    path.write_text(path.read_text().replace("seed: 7", "seed: 8"))
    assert build(Course.load(proved.root), ID, prove_again=True).proof == proof


def test_a_proof_has_a_line_for_each_question(proved: Course) -> None:
    text = (proved.solution_dir(ID) / "gates.json").read_text()
    assert [line.split(":")[0] for line in text.splitlines()] == [
        "{",
        ' "double"',
        ' "square"',
        "}",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("text", ['{"digest": "x", "rows": []}', "[]", "{", '{"double": {}}'])
def test_a_kept_proof_that_cannot_be_read_is_made_again(proved: Course, text: str) -> None:
    path = proved.solution_dir(ID) / "gates.json"
    kept = path.read_text()
    path.write_text(text)
    build(proved, ID)
    assert path.read_text() == kept


@pytest.mark.slow
def test_a_run_that_was_cut_short_goes_on_where_it_stopped(course: Course) -> None:
    whole = counting(write_course(course.root / "other"))[1]
    with pytest.raises(KeyboardInterrupt):
        build(course, ID, listener=noting([], stop_after=2))
    assert not course.release_dir(ID).exists()
    assert counting(course)[1] == whole - 2
    assert not (course.solution_dir(ID) / ".gates.part").exists()


@pytest.mark.slow
def test_nothing_of_the_proof_reaches_students(course: Course) -> None:
    listed(course, "")
    build(course, ID)
    assert json.loads((course.solution_dir(ID) / "gates.json").read_text())["double"]
    names = {path.name for path in course.release_dir(ID).rglob("*")}
    assert names == {"tiny.ipynb", "helper.py"}
