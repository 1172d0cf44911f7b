"""Proves that hidden tests tell right from wrong, by grading known and generated variants.

Each catalogued mistake must lose points in its own question and in no other. Each alternative must
lose none. Each mutant of the solution must lose points in its question, or be listed in
equivalent_mutants.yml with the reason why nothing can tell it from the right version.

The proof is kept in gates.json beside the solution, with a digest of everything that it depends
on, so that a build of unchanged sources is quick. A build that was interrupted goes on where it
stopped. A build with `--check` keeps nothing.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from grader import __version__
from grader.course.bundle import Bundle, kit_digest, load_bundle
from grader.course.folder import EQUIVALENTS, PROOF, helper_files
from grader.course.solution import reference_source
from grader.errors import BuildError, JudgeError
from grader.intake.rebuild import Intake
from grader.judge.catalogue import Catalogue
from grader.notebook import Cell, Notebook, dumps, is_solution, question_of
from grader.release.gates import Release
from grader.release.mutants import mutants
from grader.results import Status
from grader.system.files import write_whole
from grader.system.listener import NOBODY, Listener
from grader.system.processes import cores, worker_processes

__all__ = ["Proof", "Row", "keep_proof", "prove"]

PARTIAL = ".gates.part"  # outcomes so far, a JSON value on each line
FEW = 30  # starting other processes would take longer than grading so few variants


@dataclass(frozen=True)
class Variant:
    """One version of one step.

    Args:
        kind: mistake, alternative or mutant.
        id: its name in messages.
        question: the question that the step belongs to.
        function: the mutated function; "" for a mistake or an alternative.
        code: definitions that come after those of the solution cell.
    """

    kind: str
    id: str
    question: str
    function: str
    code: str


@dataclass(frozen=True)
class Row:
    """How many variants of one question got the scores that they should.

    Args:
        question: its name.
        mistakes: mistakes that lost points here and in no other question.
        alternatives: alternatives that lost none.
        killed: mutants that lost points here.
        equivalent: mutants that lost none, and are listed as equivalent.
    """

    question: str
    mistakes: int = 0
    alternatives: int = 0
    killed: int = 0
    equivalent: int = 0


@dataclass(frozen=True)
class Proof:
    """What was proved of one assignment.

    Args:
        digest: of everything that it depends on.
        rows: by question, in the order of course.yml.
    """

    digest: str
    rows: tuple[Row, ...]


def prove(
    release: Release, listener: Listener = NOBODY, *, check: bool = False, again: bool = False
) -> Proof:
    """Grade every variant, unless that was done before with the same sources.

    Args:
        release: the assignment with its student version.
        listener: receives progress with each variant that is graded.
        check: grade nothing, but demand that it was done; with `again`, grade and keep nothing.
        again: grade even if nothing has changed.

    Raises:
        BuildError: one line, with the remedy, for each variant whose scores are not as they should
            be; or with `check`, the kept proof is stale.
        JudgeError: a variant could not be graded.
    """
    folder = release.course.solution_dir(release.assignment.id)
    listed = _equivalents(folder / EQUIVALENTS)
    sources = _digest(release)
    digest = hashlib.sha256(f"{sources}\0{json.dumps(listed)}".encode()).hexdigest()
    known = None if again else _kept_proof(folder / PROOF)
    if known is not None and known.digest == digest:
        return known
    if check and not again:
        raise BuildError(f"{folder / PROOF}: stale; run `grader build {release.assignment.id}`")
    variants = list(_variants(release))
    partial = Path(os.devnull) if check else folder / PARTIAL
    outcomes = _outcomes(release, variants, sources, partial, listener, again=again)
    failures = [*_unlisted(variants, listed), *_failures(variants, outcomes, listed)]
    if failures:
        place = f"solutions/{release.assignment.id}"
        raise BuildError("\n".join(f"{place}/{failure}" for failure in failures))
    return Proof(digest, tuple(_rows(release, variants, outcomes)))


def _kept_proof(path: Path) -> Proof | None:
    """The kept proof, or None if there is none or it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Proof(str(data["digest"]), tuple(Row(**row) for row in data["rows"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_proof(release: Release, proof: Proof) -> None:
    """Keep the proof beside the solution, and remove what an unfinished one left there.

    Args:
        release: the assignment.
        proof: what `prove` returned for it.
    """
    folder = release.course.solution_dir(release.assignment.id)
    if _kept_proof(folder / PROOF) != proof:
        write_whole(folder / PROOF, json.dumps(asdict(proof), indent=1) + "\n")
    (folder / PARTIAL).unlink(missing_ok=True)


def _digest(release: Release) -> str:
    """Digest of sources and rules, but not of the kit's code, which has tests of its own."""
    rules = release.assignment.model_dump(include={"id", "questions"}, mode="json")
    parts = [dumps(release.source), release.hidden_tests, release.mistakes, json.dumps(rules)]
    parts += [str(release.course.seed), __version__]
    digest = hashlib.sha256("\0".join(parts).encode())
    for name, data in helper_files(release.folder).items():
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()


def _equivalents(path: Path) -> dict[str, Any]:
    """By function, the reason for all of its mutants or a mapping from change to reason."""
    if not path.exists():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BuildError(f"{path}: cannot be read: {str(error).splitlines()[0]}; fix it") from None
    is_right = isinstance(data, dict) and all(
        isinstance(value, str) or (isinstance(value, dict) and all(map(_is_text, value.items())))
        for value in data.values()
    )
    if not is_right:
        raise BuildError(
            f"{path}: each function needs a reason, or a mapping from mutant to reason"
        )
    return data


def _is_text(pair: tuple[Any, Any]) -> bool:
    return all(isinstance(item, str) and item.strip() for item in pair)


def _variants(release: Release) -> Iterator[Variant]:
    catalogue = Catalogue.from_source(release.mistakes)
    for mistake in catalogue.mistakes:
        yield Variant("mistake", mistake.id, mistake.question, "", mistake.code)
    for other in catalogue.alternatives:
        yield Variant("alternative", other.id, other.question, "", other.code)
    for cell in release.source["cells"]:
        question = question_of(cell)
        if question is None or not is_solution(cell) or cell["cell_type"] != "code":
            continue
        for node in ast.parse(cell["source"]).body:
            if isinstance(node, ast.FunctionDef):
                for mutant in mutants(node):
                    yield Variant("mutant", mutant.change, question, node.name, mutant.code)


def _outcomes(
    release: Release,
    variants: list[Variant],
    sources: str,
    partial: Path,
    listener: Listener,
    *,
    again: bool,
) -> dict[Variant, list[str]]:
    """The questions in which each variant loses points."""
    known = _known(partial)
    keys = {variant: _key(sources, variant) for variant in variants}
    outcomes = {variant: known[key] for variant, key in keys.items() if key in known}
    todo = [variant for variant in variants if variant not in outcomes]
    if again and not todo:  # these outcomes are complete: their proof failed and is done again
        outcomes, todo = {}, variants
    bundle = load_bundle(release.course, release.assignment.id, release_dir=release.folder)
    # nobody looks at hints, examples and figures
    bundle = replace(bundle, mistakes="", small_inputs="", figures="skip")
    bundle = replace(bundle, digest=f"{bundle.digest}, proof")
    with (
        partial.open("a" if outcomes else "w", encoding="utf-8") as file,
        listener.progress(len(todo), "grading variants") as advance,
    ):
        for variant, lost in _graded(bundle, release.source, todo):
            outcomes[variant] = lost
            file.write(json.dumps([keys[variant], lost]) + "\n")
            file.flush()
            advance(variant)
    return outcomes


def _key(sources: str, variant: Variant) -> str:
    parts = f"{kit_digest()}\0{sources}\0{variant.question}\0{variant.code}"
    return hashlib.sha256(parts.encode()).hexdigest()


def _known(partial: Path) -> dict[str, list[str]]:
    if not partial.exists():
        return {}
    known = {}
    for line in partial.read_text(encoding="utf-8").splitlines():
        try:
            key, lost = json.loads(line)
        except ValueError:  # a killed process left half a line
            continue
        known[key] = lost
    return known


def _graded(
    bundle: Bundle, source: Notebook, variants: list[Variant]
) -> Iterator[tuple[Variant, list[str]]]:
    if len(variants) <= FEW:
        yield from ((variant, _lost(bundle, source, variant)) for variant in variants)
        return
    with worker_processes(cores()) as executor:
        futures = {executor.submit(_lost, bundle, source, v): v for v in variants}
        yield from ((futures[future], future.result()) for future in as_completed(futures))


def _lost(bundle: Bundle, source: Notebook, variant: Variant) -> list[str]:
    from grader.grading.submission import execute_and_judge  # imports numpy and pytest

    result = execute_and_judge(bundle, "proof", Intake(_handed_in(source, variant)))
    if result.status is not Status.GRADED:
        raise JudgeError(f"{variant.id}: {' '.join(result.note_texts)}")
    return [q.question for q in result.questions if not q.manual and q.score != q.max_score]


def _handed_in(source: Notebook, variant: Variant) -> Notebook:
    """The definitions of the solution, with those of the variant after its own question's."""
    cells = [_defining(cell, variant) for cell in source["cells"] if cell["cell_type"] == "code"]
    return {**source, "cells": cells}


def _defining(cell: Cell, variant: Variant) -> Cell:
    code = cell["source"] if is_solution(cell) else reference_source({"cells": [cell]})
    is_changed = is_solution(cell) and question_of(cell) == variant.question
    return {**cell, "source": f"{code}\n\n{variant.code}" if is_changed else code}


def _failures(
    variants: list[Variant], outcomes: Mapping[Variant, list[str]], listed: Mapping[str, Any]
) -> Iterator[str]:
    for variant in variants:
        lost, name = outcomes[variant], f"{variant.question}: {variant.id}"
        is_killed, is_listed = variant.question in lost, _is_listed(variant, listed)
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
        elif is_listed and is_killed and isinstance(listed[variant.function], dict):
            yield f"{EQUIVALENTS}: {variant.function}: {variant.id}: a test kills it; remove it"


def _unlisted(variants: list[Variant], listed: Mapping[str, Any]) -> Iterator[str]:
    """Entries of equivalent_mutants.yml for which there is no mutant."""
    known: dict[str, set[str]] = {}
    for variant in variants:
        known.setdefault(variant.function, set()).add(variant.id)
    for function, entries in listed.items():
        names = entries if isinstance(entries, dict) else {}
        for name in [name for name in names if name not in known.get(function, ())]:
            yield f"{EQUIVALENTS}: {function}: {name}: there is no such mutant; remove it"
        if function not in known:
            yield f"{EQUIVALENTS}: {function}: there is no such function; remove it"


def _is_listed(variant: Variant, listed: Mapping[str, Any]) -> bool:
    entry = listed.get(variant.function)
    return isinstance(entry, str) or (isinstance(entry, dict) and variant.id in entry)


def _rows(
    release: Release, variants: list[Variant], outcomes: Mapping[Variant, list[str]]
) -> Iterator[Row]:
    for name, question in release.assignment.questions.items():
        if question.manual:
            continue
        own = [variant for variant in variants if variant.question == name]
        mutated = [variant for variant in own if variant.kind == "mutant"]
        killed = sum(name in outcomes[variant] for variant in mutated)
        yield Row(
            question=name,
            mistakes=sum(variant.kind == "mistake" for variant in own),
            alternatives=sum(variant.kind == "alternative" for variant in own),
            killed=killed,
            equivalent=len(mutated) - killed,
        )
