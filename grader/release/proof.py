"""Proves that hidden tests tell right from wrong, by grading known and generated variants.

Each catalogued mistake must lose points in its own question and in no other. Each alternative must
lose none. Each mutant of the solution must lose points in its question, or be listed in
equivalent_mutants.yml with the reason why nothing can tell it from the right version. Each is
graded as several students, and must fail the same checks as all of them: no score is a lottery.

The proof is kept in gates.json beside the solution: a line for each question, with a digest of all
that the scores of its variants depend on. That is the code of these variants and of the solution
that they can call, and the tests and rules of each question that can call what they change. After
an edit, a build proves again only the questions whose digest has changed.

A build that was interrupted goes on where it stopped. A build with `--check` keeps nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader import __version__
from grader.course.bundle import Bundle, kit_digest, load_bundle
from grader.course.folder import EQUIVALENTS, PROOF, helper_files
from grader.errors import BuildError
from grader.judge.declared import chance_questions
from grader.notebook import Notebook
from grader.release.equivalents import equivalents, is_equivalent, unlisted
from grader.release.gates import Release
from grader.release.reach import Reach
from grader.release.variants import SEED, SOLUTION, Variant, all_variants
from grader.system.files import write_whole
from grader.system.listener import NOBODY, Listener
from grader.system.processes import cores, worker_processes

__all__ = ["Proof", "Row", "keep_proof", "prove"]

STUDENTS = 8  # as which each variant is graded
STUDENTS_BY_CHANCE = 24  # if a test that judges it is marked `chance`
PARTIAL = ".gates.part"  # outcomes so far, a JSON value on each line
FEW = 10  # starting other processes would take longer than grading so few variants


@dataclass(frozen=True)
class Row:
    """How many variants of one question got the scores that they should.

    Args:
        question: its name.
        mistakes: mistakes that lost points here and in no other question.
        alternatives: alternatives that lost none.
        killed: mutants that lost points here.
        equivalent: mutants that lost none, and are listed as equivalent.
        students: as how many students each of them was graded.
        digest: of everything that the scores depend on.
    """

    question: str
    mistakes: int
    alternatives: int
    killed: int
    equivalent: int
    students: int
    digest: str


@dataclass(frozen=True)
class Proof:
    """What was proved of one assignment.

    Args:
        rows: by question, in the order of course.yml.
    """

    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Outcome:
    """How a variant fared.

    Args:
        lost: the questions in which it lost points.
        difference: how students fared differently; "" if they did not.
    """

    lost: tuple[str, ...]
    difference: str = ""


@dataclass(frozen=True)
class _Part:
    """What is proved of one question.

    Args:
        question: its name.
        variants: its variants.
        judges: the questions that can judge them, by variant.
        students: as how many students each is graded.
        sources: digest of everything that their scores depend on.
        listed: its part of equivalent_mutants.yml.
    """

    question: str
    variants: tuple[Variant, ...]
    judges: Mapping[Variant, tuple[str, ...]]
    students: int
    sources: str
    listed: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        return _sha256(self.sources, json.dumps(self.listed, sort_keys=True))


@dataclass(frozen=True)
class _Job:
    """One variant to grade.

    Args:
        variant: the variant.
        judges: the questions that can judge it differently from the solution.
        students: as how many students.
        key: digest of the variant and of everything that its scores depend on.
    """

    variant: Variant
    judges: tuple[str, ...]
    students: int
    key: str


def prove(
    release: Release, listener: Listener = NOBODY, *, check: bool = False, again: bool = False
) -> Proof:
    """Grade the variants of every question, unless that was done before with the same sources.

    Args:
        release: the assignment with its student version.
        listener: receives progress with each variant that is graded.
        check: grade nothing, but demand that it was done; with `again`, grade and keep nothing.
        again: grade even if nothing has changed.

    Raises:
        BuildError: one line, with the remedy, for each variant whose scores are not as they should
            be, or for the first that fares differently as different students; or with `check`, the
            kept proof is stale.
        JudgeError: a variant could not be graded.
    """
    folder = release.course.solution_dir(release.assignment.id)
    listed = equivalents(folder / EQUIVALENTS)
    parts = _parts(release, listed)
    kept = {} if again else _kept_rows(folder / PROOF)
    stale = [part for part in parts if _digest_of(kept.get(part.question)) != part.digest]
    if stale and check and not again:
        raise BuildError(f"{folder / PROOF}: stale; run `grader build {release.assignment.id}`")
    partial = Path(os.devnull) if check else folder / PARTIAL
    outcomes = _outcomes(release, stale, partial, listener, again=again) if stale else {}
    failures = [*unlisted([variant for part in parts for variant in part.variants], listed)]
    failures += [failure for part in stale for failure in _failures(part, outcomes)]
    if failures:
        raise BuildError("\n".join(_placed(release, failure) for failure in failures))
    proved = {part.question: _row(part, outcomes) for part in stale}
    return Proof(tuple(({**kept, **proved})[part.question] for part in parts))


def _digest_of(row: Row | None) -> str:
    return "" if row is None else row.digest


def _placed(release: Release, failure: str) -> str:
    return f"solutions/{release.assignment.id}/{failure}"


def _kept_rows(path: Path) -> dict[str, Row]:
    """The kept rows by question; none if there are none or they cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {question: Row(question, **row) for question, row in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def keep_proof(release: Release, proof: Proof) -> None:
    """Keep the proof beside the solution, and remove what an unfinished one left there.

    Args:
        release: the assignment.
        proof: what `prove` returned for it.
    """
    folder = release.course.solution_dir(release.assignment.id)
    rows = {row.question: row for row in proof.rows}
    if _kept_rows(folder / PROOF) != rows:
        lines = ",\n".join(f" {_line(rows[question])}" for question in sorted(rows))
        write_whole(folder / PROOF, f"{{\n{lines}\n}}\n")
    (folder / PARTIAL).unlink(missing_ok=True)


def _line(row: Row) -> str:
    values = {name: value for name, value in asdict(row).items() if name != "question"}
    return f"{json.dumps(row.question)}: {json.dumps(values)}"


def _parts(release: Release, listed: Mapping[str, Any]) -> list[_Part]:
    reach = Reach(release.hidden_tests, release.source)
    chance = chance_questions(release.hidden_tests)
    variants = list(all_variants(release.source, release.mistakes))
    parts = []
    for question, rules in release.assignment.questions.items():
        if rules.manual:
            continue
        own = tuple(variant for variant in variants if variant.question == question)
        judges = {variant: reach.judges(variant) for variant in own}
        judging = {question}.union(*judges.values())
        students = STUDENTS_BY_CHANCE if judging & chance else STUDENTS
        sources = _sha256(str(students), *_rules(release, judging), *reach.texts(own, judging))
        functions = {variant.function for variant in own}
        entries = {name: entry for name, entry in listed.items() if name in functions}
        parts.append(_Part(question, own, judges, students, sources, entries))
    return parts


def _rules(release: Release, judging: Collection[str]) -> Iterator[str]:
    """What scores depend on beside the code of solution and tests.

    The kit's own code is left out, because it has tests of its own.
    """
    yield from (__version__, release.assignment.id, str(SEED))
    for question in sorted(judging):
        yield release.assignment.questions[question].model_dump_json(exclude={"rubric"})
    for name, data in helper_files(release.folder).items():
        yield from (name, hashlib.sha256(data).hexdigest())


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _outcomes(
    release: Release, stale: Sequence[_Part], partial: Path, listener: Listener, *, again: bool
) -> dict[Variant, _Outcome]:
    """How the variants of some questions fare, and the solution itself."""
    jobs = list(_jobs(stale))
    known = _known(partial)
    if again:  # what is complete or has failed is done again
        known = {key: outcome for key, outcome in known.items() if not outcome.difference}
        known = {} if all(job.key in known for job in jobs) else known
    outcomes = {job.variant: known[job.key] for job in jobs if job.key in known}
    todo = [job for job in jobs if job.variant not in outcomes]
    _demand_alike(release, outcomes)
    bundle = load_bundle(release.course, release.assignment.id, release_dir=release.folder)
    with (
        partial.open("a" if outcomes else "w", encoding="utf-8") as file,
        listener.progress(len(todo), "grading variants") as advance,
    ):
        for job, outcome in _graded(bundle, release.source, todo):
            outcomes[job.variant] = outcome
            file.write(json.dumps([job.key, outcome.lost, outcome.difference]) + "\n")
            file.flush()
            _demand_alike(release, {job.variant: outcome})
            advance(job.variant)
    return outcomes


def _jobs(stale: Sequence[_Part]) -> Iterator[_Job]:
    """What is graded: the solution, which must have full marks as any student, and all variants."""
    every = tuple(part.question for part in stale)
    students = max(part.students for part in stale)
    yield _Job(SOLUTION, every, students, _key(SOLUTION, *(part.sources for part in stale)))
    for part in stale:
        for variant in part.variants:
            key = _key(variant, part.sources)
            yield _Job(variant, part.judges[variant], part.students, key)


def _key(variant: Variant, *sources: str) -> str:
    return _sha256(kit_digest(), *sources, variant.question, variant.code)


def _known(partial: Path) -> dict[str, _Outcome]:
    if not partial.exists():
        return {}
    known = {}
    for line in partial.read_text(encoding="utf-8").splitlines():
        try:
            key, lost, difference = json.loads(line)
        except ValueError:  # a killed process left half a line
            continue
        known[key] = _Outcome(tuple(lost), difference)
    return known


def _demand_alike(release: Release, outcomes: Mapping[Variant, _Outcome]) -> None:
    """Stop at a variant whose score depends on who hands it in.

    Raises:
        BuildError: there is one.
    """
    for variant, outcome in outcomes.items():
        if outcome.difference:
            name = ": ".join(filter(None, [variant.question, variant.id]))
            is_right = variant.kind in ("alternative", "solution")
            remedy = "make it pass always" if is_right else "give that check a chosen input"
            failure = f"hidden_tests.py: {name}: {outcome.difference}; {remedy}"
            raise BuildError(_placed(release, failure))


def _graded(
    bundle: Bundle, source: Notebook, jobs: Sequence[_Job]
) -> Iterator[tuple[_Job, _Outcome]]:
    if len(jobs) <= FEW:
        yield from ((job, _outcome(bundle, source, job)) for job in jobs)
        return
    with worker_processes(cores()) as executor:
        futures = {executor.submit(_outcome, bundle, source, job): job for job in jobs}
        yield from ((futures[future], future.result()) for future in as_completed(futures))


def _outcome(bundle: Bundle, source: Notebook, job: _Job) -> _Outcome:
    from grader.release import students  # imports numpy and pytest

    quick = students.for_proof(bundle)
    fared = students.fares(quick, source, job.variant, job.judges, job.students)
    lost = dict.fromkeys(loss.question for loss in fared[students.name_of(1)])
    return _Outcome(tuple(lost), students.difference(fared))


def _failures(part: _Part, outcomes: Mapping[Variant, _Outcome]) -> Iterator[str]:
    for variant in part.variants:
        lost, name = outcomes[variant].lost, f"{variant.question}: {variant.id}"
        is_killed, is_listed = variant.question in lost, is_equivalent(variant, part.listed)
        others = ", ".join(question for question in lost if question != variant.question)
        if variant.kind == "alternative" and lost:
            yield (
                f"mistakes.py: {name}: this alternative loses points in {', '.join(lost)}; correct "
                "it, or the hidden test"
            )
        elif variant.kind == "mistake" and others:
            yield (
                f"hidden_tests.py: {name}: this mistake loses points in {others} too; let the "
                "reference stand in for the step there"
            )
        elif variant.kind == "mistake" and not is_killed:
            yield f"mistakes.py: {name}: this mistake loses no points; add a hidden test for it"
        elif variant.kind == "mutant" and not is_killed and not is_listed:
            yield (
                f"hidden_tests.py: {name}: this mutant of {variant.function} survives; add a "
                f"hidden test for it, or list it with its reason in {EQUIVALENTS}"
            )
        elif is_listed and is_killed and isinstance(part.listed[variant.function], dict):
            yield f"{EQUIVALENTS}: {variant.function}: {variant.id}: a test kills it; remove it"


def _row(part: _Part, outcomes: Mapping[Variant, _Outcome]) -> Row:
    mutated = [variant for variant in part.variants if variant.kind == "mutant"]
    killed = sum(part.question in outcomes[variant].lost for variant in mutated)
    return Row(
        question=part.question,
        mistakes=sum(variant.kind == "mistake" for variant in part.variants),
        alternatives=sum(variant.kind == "alternative" for variant in part.variants),
        killed=killed,
        equivalent=len(mutated) - killed,
        students=part.students,
        digest=part.digest,
    )
