"""Which wrong and right answers get another score from one student to the next.

    python benchmarks/lottery.py [--students N] [--assignment ID] [--variants FILE] [--course DIR]

Grades every mistake and alternative of the catalogues, and those of `lottery_variants/<id>.py`,
which were written apart from them, as N students whose inputs are drawn from different seeds, by
the code of the proof. Prints one JSON object: how many variants there are, the checks that students
of the same variant fail differently, and the processor time. Ends with exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.notebook import Notebook, loads
from grader.release.reach import Reach
from grader.release.students import Losses, difference, fares, for_proof
from grader.release.variants import SOLUTION, Variant, catalogued
from grader.system.processes import cores, worker_processes

HERE = Path(__file__).parent
OWN = "lottery_variants"


def play(
    course: Course, assignment_id: str, students: int, files: Sequence[Path]
) -> dict[str, Any]:
    """Grade all variants of one assignment as several students.

    Args:
        course: the course.
        assignment_id: the assignment; it must have been built.
        students: as how many students.
        files: variants of our own, written like a mistakes.py.

    Returns:
        Counts, and what fares differently, by the id of the variant.
    """
    bundle = load_bundle(course, assignment_id)
    folder = course.solution_dir(assignment_id)
    source = loads((folder / f"{assignment_id}.ipynb").read_bytes())
    reach = Reach(bundle.hidden_tests, source)
    texts = [bundle.mistakes, *(f.read_text("utf-8") for f in files)]
    variants = [SOLUTION, *(variant for text in texts for variant in catalogued(text))]
    every = tuple(bundle.assignment.questions)
    judges = {v: every if v is SOLUTION else reach.judges(v) for v in variants}
    before = processor_s()
    fared = dict(graded(for_proof(bundle), source, judges, students))
    differ = {v.id: told(fared[v]) for v in variants if difference(fared[v])}
    return {
        "students": students,
        "variants": dict(Counter(variant.kind for variant in variants)),
        "differing": len(differ),
        "differ": differ,
        "mistakes_that_lose_nothing": ids(fared, "mistake", lost=False),
        "alternatives_that_lose": ids(fared, "alternative", lost=True),
        "processor_s": round(processor_s() - before, 1),
    }


def graded(
    bundle: Bundle, source: Notebook, judges: Mapping[Variant, Sequence[str]], students: int
) -> Iterator[tuple[Variant, dict[str, Losses]]]:
    """Grade variants on all cores; yields each with what its students lost."""
    with worker_processes(cores()) as executor:
        futures = {
            executor.submit(fares, bundle, source, variant, asked, students): variant
            for variant, asked in judges.items()
        }
        yield from ((futures[future], future.result()) for future in as_completed(futures))


def told(fared: Mapping[str, Losses]) -> dict[str, list[str]]:
    """By the checks that failed, the students whose checks these were."""
    groups: dict[str, list[str]] = {}
    for student, losses in fared.items():
        checks = ", ".join(loss.check for loss in losses) or "none"
        groups.setdefault(checks, []).append(student)
    return groups


def ids(fared: Mapping[Variant, Mapping[str, Losses]], kind: str, *, lost: bool) -> list[str]:
    """The variants of one kind of which any student lost points, or none did."""
    own = {v.id: any(by_student.values()) for v, by_student in fared.items() if v.kind == kind}
    return sorted(name for name, has_lost in own.items() if has_lost is lost)


def processor_s() -> float:
    """Processor time of this process and of the workers that have ended."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=8, help="as how many each is graded")
    parser.add_argument("--course", type=Path, default=HERE.parent, help="where course.yml is")
    parser.add_argument("--assignment", action="append", help="default: all with a mistakes.py")
    parser.add_argument("--variants", type=Path, help="instead of those of our own")
    arguments = parser.parse_args()
    course = Course.load(arguments.course)
    known = [
        a.id for a in course.assignments if (course.solution_dir(a.id) / "mistakes.py").exists()
    ]
    report = {}
    for name in arguments.assignment or known:
        own = [path for path in [HERE / OWN / f"{name}.py"] if path.exists()]
        files = [arguments.variants] if arguments.variants else own
        report[name] = play(course, name, arguments.students, files)
    print(json.dumps(report, indent=1))
    return int(any(found["differ"] for found in report.values()))


if __name__ == "__main__":
    sys.exit(main())
