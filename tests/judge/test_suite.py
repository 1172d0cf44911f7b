"""Hidden tests become checks: points, parameters, whose failure it is, nothing from outside."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from types import FrameType
from typing import Any

import pytest

from grader.box.client import CallFailure, CallRequest, CallSuccess
from grader.errors import JudgeError
from grader.judge.catalogue import Catalogue
from grader.judge.reference import Reference
from grader.judge.student import Student
from grader.judge.suite import HiddenTests
from grader.judge.verdict import Verdict
from grader.results import CheckResult

HEAD = "import pytest\nfrom grader.judge import *\nquestion = pytest.mark.question\n"


class Local:
    """A session that calls functions in this process."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        self._functions = functions

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        if request.name not in self._functions:
            return CallFailure(f"{request.name} is not defined")
        values = tuple(self._functions[request.name](*call) for call in request.calls)
        return CallSuccess(values, (None,) * len(values))


Run = Callable[..., Mapping[str, Verdict]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run hidden tests given as text against functions given as keywords."""

    def run(
        source: str,
        seed: str = "seed",
        folder: str = "a",
        strict: Sequence[str] = (),
        catalogue: Callable[[], Catalogue] = Catalogue,
        session: Local | None = None,
        given: Sequence[str] = (),
        apart: Callable[[Collection[str]], Student | None] = lambda names: None,
        **functions: Any,
    ) -> Any:
        path = tmp_path / folder / "hidden_tests.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEAD + dedent(source), encoding="utf-8")
        reference = Reference("def f(x):\n    return 2 * x\n", tmp_path)
        student = Student(session or Local(**functions))
        with HiddenTests(path) as tests:
            return tests.run(student, reference, seed, catalogue, strict, given=given, apart=apart)

    return run


def only(verdicts: Mapping[str, Verdict]) -> CheckResult:
    (verdict,) = verdicts.values()
    (check,) = verdict.checks
    return check


def test_a_passing_test_earns_its_points_and_shows_its_claim(run: Run) -> None:
    check = only(
        run(
            '''
            @question("q", points=3)
            def test_doubles(student, reference):
                """f(x)
                   is 2x."""
                assert_close(student.f(2.0), reference.f(2.0), "f")
            ''',
            f=lambda x: 2 * x,
        )
    )
    assert check == CheckResult("test_doubles", "f(x) is 2x.", True, 3.0, 3.0, "")


def test_pytest_adds_little_to_each_test(tmp_path: Path) -> None:
    # 503 calls of functions take 0.13 ms; benchmarks/judging.py shows the time.
    assert calls_for_each_test(tmp_path) < 580


def calls_for_each_test(folder: Path) -> float:
    """How many Python functions run for a hidden test that does nothing, pytest's and ours."""
    tests, calls = 40, Counter[str]()
    test = '@question("q", points=1)\ndef test_{}(student, reference, rng):\n    "Nothing."\n'
    source = HEAD + "".join(map(test.format, range(tests)))
    path = folder / "hidden_tests.py"
    path.write_text(source, encoding="utf-8")

    def count(frame: FrameType, event: str, argument: object) -> None:
        calls[event] += 1

    threading.setprofile(count)  # in threads that start from now on: the one of the tests
    try:
        with HiddenTests(path) as hidden:
            given = {"student": Student(Local()), "reference": Reference("", folder), "seed": ""}
            hidden.run(**given)  # type: ignore[arg-type]
            first = calls["call"]
            hidden.run(**given)  # type: ignore[arg-type]
            return (calls["call"] - first) / tests
    finally:
        threading.setprofile(None)


def test_a_failing_test_earns_nothing_and_says_why(run: Run) -> None:
    source = """
        @question("q", points=3)
        def test_doubles(student):
            "Doubles."
            assert_close(student.f(2.0), 4.0, "f")
        """
    check = only(run(source, f=lambda x: x))
    assert (check.passed, check.points, check.message) == (False, 0.0, "f should be 4, but it is 2")
    assert only(run(source)).message == "f is not defined"


def test_a_bare_assert_says_the_claim(run: Run) -> None:
    source = '''
        @question("q", points=1)
        def test_a():
            """The claim."""
            assert 1 == 2
        '''
    assert only(run(source)).message == "The claim."


def test_a_check_passes_only_with_all_its_parameters(run: Run) -> None:
    source = """
        @question("q", points=2)
        @pytest.mark.parametrize("seed", range(4))
        def test_a(student, seed):
            "Claim."
            assert_true(student.f(seed) == 0, f"seed {seed}")
        """
    check = only(run(source, f=lambda seed: int(seed in (1, 3))))
    assert (check.passed, check.points, check.max_points, check.message) == (False, 0, 2, "seed 1")
    assert only(run(source, f=lambda seed: 0)).points == 2


def test_an_error_of_ours_is_neither_passed_nor_failed(run: Run) -> None:
    source = """
        @question("q", points=2)
        @pytest.mark.parametrize("seed", range(3))
        def test_a(student, seed):
            "Claim."
            assert_true(seed != 0, "lost")
            {}[seed]
        """
    check = only(run(source))
    assert check.passed is None
    assert check.points == 0
    assert check.message == "the check itself has an error: KeyError: 2"


@pytest.mark.parametrize("statement", ["pytest.skip('no')", "pytest.fail('no')", "pytest.xfail()"])
def test_pytests_own_ways_out_do_not_earn_points(run: Run, statement: str) -> None:
    source = f"""
        @question("q", points=2)
        def test_a():
            "Claim."
            {statement}
        """
    assert only(run(source)).passed is None


@pytest.mark.slow
def test_a_test_cannot_be_marked_to_fail(tmp_path: Path) -> None:
    path = tmp_path / "hidden_tests.py"
    path.write_text(f"{HEAD}@pytest.mark.xfail\n@question('q', points=2)\ndef test_a(): 'Claim.'")
    program = (
        "import sys; from pathlib import Path; from grader.judge.suite import HiddenTests\n"
        "with HiddenTests(Path(sys.argv[1])) as tests: tests.run(None, None, seed='')"
    )  # in a process of its own: the pytest that runs this test knows the mark
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert "JudgeError: hidden_tests.py: 'xfail' not found" in done.stderr


def test_a_missing_fixture_is_our_error(run: Run) -> None:
    assert only(run("@question('q', points=1)\ndef test_a(nothing): 'Claim.'")).passed is None


def test_tests_run_in_the_order_of_the_file_and_progress_tells_of_earlier_ones(run: Run) -> None:
    verdicts = run(
        """
        @question("b", points=1)
        def test_z(): "Z."
        @question("a", points=1)
        def test_a(progress):
            "A."
            assert progress.full_marks("b") and not progress.full_marks("c")
        @question("c", points=1)
        def test_c(): assert False
        @question("b", points=1)
        def test_last(progress): assert not progress.full_marks("c")
        """
    )
    assert list(verdicts) == ["b", "a", "c"]
    assert [check.name for check in verdicts["b"].checks] == ["test_z", "test_last"]
    assert [v.checks[-1].passed for v in verdicts.values()] == [True, True, False]


def test_given_questions_count_as_passed_without_being_run(run: Run) -> None:
    source = """
        @question("a", points=2)
        def test_a(): assert False
        @question("b", points=1)
        @pytest.mark.chance
        def test_b(progress): assert progress.full_marks("a") and not progress.full_marks("c")
        @question("c", points=1)
        def test_c(): assert False
        """
    verdicts = run(source, given=("a", "c"))
    assert {q: v.checks[0].points for q, v in verdicts.items()} == {"a": 2, "b": 1, "c": 1}
    assert all(verdict.checks[0].passed for verdict in run(source, given=("a", "b", "c")).values())


RNG = """
    @question("q", points=1)
    @pytest.mark.parametrize("seed", range(2))
    def test_a(student, rng, seed): student.see(int(rng.integers(1 << 60)))
    @question("q", points=1)
    def test_b(student, rng): student.see(int(rng.integers(1 << 60)))
    """


def test_inputs_reproduce_and_differ_by_test_parameter_and_seed(run: Run) -> None:
    seen: list[int] = []
    for seed in ("amy", "amy", "bob"):
        run(RNG, seed=seed, see=seen.append)
    assert seen[:3] == seen[3:6]
    assert len(set(seen)) == 6


def test_one_submissions_inputs_do_not_depend_on_what_ran_before(run: Run) -> None:
    seen: list[int] = []
    run(RNG, see=seen.append)
    run(RNG.split("@question", 3)[0] + RNG[RNG.rindex("@question") :], see=seen.append)
    assert seen[-1] == seen[2]


@pytest.mark.parametrize(
    "source", ["import nothing_like_this", "def broken(:", "x = 1", "1 / 0", ""]
)
def test_a_module_that_cannot_be_collected_is_one_line(run: Run, source: str) -> None:
    with pytest.raises(JudgeError, match=r"^hidden_tests\.py: [^\n]+$"):
        run(source)


@pytest.mark.parametrize(
    "marker", ["", "@question()", "@question('q')", "@question('q', points='many')"]
)
def test_a_test_without_question_or_points_stops_the_grading(run: Run, marker: str) -> None:
    source = f"@question('q', points=1)\ndef test_a(): 'A.'\n{marker}\ndef test_b(): 'B.'"
    with pytest.raises(JudgeError):
        run(source)


def test_an_interrupt_is_never_a_partial_grade(run: Run) -> None:
    source = """
        @question("q", points=1)
        def test_a(): "A."
        @question("q", points=1)
        def test_b(): raise KeyboardInterrupt
        @question("q", points=1)
        def test_c(): "C."
        """
    with pytest.raises((JudgeError, KeyboardInterrupt)):
        run(source)


def test_pytests_options_in_the_environment_change_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k test_a -x")
    source = """
        @question("q", points=1)
        def test_a(): assert False
        @question("q", points=1)
        def test_b(): "B."
        """
    assert [check.passed for check in run(source)["q"].checks] == [False, True]


def test_a_conftest_beside_or_above_the_hidden_tests_is_not_run(run: Run, tmp_path: Path) -> None:
    """The judge unpacks into a folder inside one where everybody can write."""
    mark = tmp_path / "ran"
    for folder in (tmp_path, tmp_path / "a"):
        folder.mkdir(exist_ok=True)
        (folder / "conftest.py").write_text(f"open({str(mark)!r}, 'w').close()")
    run("@question('q', points=1)\ndef test_a(): 'A.'")
    assert not mark.exists()


def test_a_second_assignment_in_the_same_process_is_judged_by_its_own_tests(run: Run) -> None:
    one = "@question('one', points=1)\ndef test_a(): 'A.'"
    two = "@question('two', points=2)\ndef test_a(): 'B.'"
    for folder, source in (("a", one), ("b", two), ("a", one)):
        assert list(run(source, folder=folder)) == ["two" if folder == "b" else "one"]


def test_judging_prints_nothing_and_leaves_nothing_on_disk(
    run: Run, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run("@question('q', points=1)\ndef test_a(): print('x'); assert False")
    assert capfd.readouterr() == ("", "")
    assert {p.name for p in (tmp_path / "a").iterdir()} <= {"hidden_tests.py", "__pycache__"}


CREDITED = """
    @question("late", points=2)
    def test_a(student, follow_through):
        "A."
        if not follow_through.is_on:
            assert_true(False, "wrong")
        follow_through.credit("Right for your own.")
    @question("late", points=1)
    def test_b(follow_through): follow_through.credit("Right for your own.")
    @question("late", points=1)
    def test_c(follow_through):
        follow_through.credit("Not said, since it fails.")
        assert_true(False, "lost")
    @question("many", points=1)
    @pytest.mark.parametrize("seed", range(2))
    def test_d(seed, follow_through):
        if seed == 0:
            follow_through.credit("Right for your own.")
    """


def test_follow_through_is_said_where_it_was_granted(run: Run) -> None:
    verdicts = run(CREDITED)
    verdict = verdicts["late"]
    assert verdicts["many"].checks[0].message == "Right for your own."
    assert [check.points for check in verdict.checks] == [2, 1, 0]
    own = "Right for your own."
    assert [check.message for check in verdict.checks] == [own, own, "lost"]
    assert verdict.follow_through == ("Right for your own.",)


def test_follow_through_can_be_turned_off_for_a_question(run: Run) -> None:
    verdict = run(CREDITED, strict=["late"])["late"]
    assert [check.points for check in verdict.checks] == [0, 1, 0]
    assert run(CREDITED, strict=["other"])["late"].checks[0].points == 2


def test_the_catalogue_is_opened_only_where_points_were_lost(run: Run) -> None:
    source = "@question('q', points=1)\ndef test_a(student): assert_true(student.f(1) == 2, 'no')"
    opened: list[bool] = []

    def catalogue() -> Catalogue:
        opened.append(True)
        return Catalogue()

    run(source, catalogue=catalogue, f=lambda x: 2 * x)
    assert opened == []
    run(source, catalogue=catalogue, f=lambda x: x)
    assert opened == [True]


def test_a_call_that_is_made_for_the_diagnosis_alone_costs_no_points(run: Run) -> None:
    source = """
        @question("q", points=1)
        def test_a(student): student.many("f", [(1,), (2,)])
        @question("q", points=2)
        def test_b(student): assert student.f(3) == 6
        """
    asked: list[int] = []

    class Fussy(Local):
        def call(self, request: CallRequest) -> CallSuccess | CallFailure:
            asked.extend(call[0] for call in request.calls)
            if (1,) in request.calls:
                return CallFailure("raised", "KeyError")
            return super().call(request)

    checks = run(source, session=Fussy(f=lambda x: 2 * x))["q"].checks
    assert [check.points for check in checks] == [0, 2]
    assert asked == [1, 2, 3, 2]


def test_a_later_test_may_ask_whether_an_earlier_question_was_followed_through(run: Run) -> None:
    source = """
        @question("own", points=1)
        def test_a(follow_through): follow_through.credit("Right for your own.")
        @question("plain", points=1)
        def test_b(follow_through): pass
        @question("last", points=1)
        def test_c(progress):
            told = [progress.followed_through(name) for name in ("own", "plain", "none")]
            assert told == [True, False, False]
        """
    assert run(source)["last"].checks[0].passed


THREE = """
@question("first", points=1)
def test_first(student): assert student.f(1) == 2, "f is wrong"
@question("second", points=2)
def test_second(student): assert student.g(1) == 3, "g is wrong"
@question("second", points=3)
def test_second_again(student): assert student.h(1) == 4, "h is wrong"
@question("third", points=1)
def test_third(student, progress): assert progress.full_marks("second") and student.f(1)
"""


def points(verdicts: Mapping[str, Verdict]) -> dict[str, float]:
    return {name: sum(c.points for c in verdict.checks) for name, verdict in verdicts.items()}


def constants(**values: int) -> dict[str, Callable[..., int]]:
    def constant(value: int) -> Callable[..., int]:
        return lambda x: value

    return {name: constant(value) for name, value in values.items()}


def test_what_does_better_with_functions_apart_counts(run: Run) -> None:
    asked: list[Collection[str]] = []

    def apart(names: Collection[str]) -> Student:
        asked.append(set(names))
        return Student(Local(**constants(f=0, g=3, h=4)))

    verdicts = run(THREE, apart=apart, **constants(f=2, g=0, h=0))
    assert asked == [{"g", "h"}]
    assert points(verdicts) == {"first": 1, "second": 5, "third": 0}
    assert [c.message for c in verdicts["second"].checks] == ["", ""]
    assert {name: v.apart for name, v in verdicts.items()} == {
        "first": (),
        "second": ("g", "h"),
        "third": (),
    }


def test_what_does_no_better_with_functions_apart_stays_as_it_was(run: Run) -> None:
    broken = Student(Local())
    verdicts = run(THREE, apart=lambda names: broken, **constants(f=2, g=3, h=0))
    assert points(verdicts) == {"first": 1, "second": 2, "third": 0}
    assert [c.message for c in verdicts["second"].checks] == ["", "h is wrong"]
    assert not any(verdict.apart for verdict in verdicts.values())


def test_a_question_counts_as_a_whole_from_one_of_the_two_tries(run: Run) -> None:
    verdicts = run(
        THREE, apart=lambda names: Student(Local(**constants(g=0, h=4))), **constants(f=2, g=3, h=0)
    )
    assert points(verdicts)["second"] == 3


def test_right_work_is_not_tried_apart(run: Run) -> None:
    def refuse(names: Collection[str]) -> Student:
        raise AssertionError(names)

    verdicts = run(THREE, apart=refuse, **constants(f=2, g=3, h=4))
    assert points(verdicts) == {"first": 1, "second": 5, "third": 1}
