"""What a worker encodes is what the driver would have written."""

from __future__ import annotations

import pickle
from dataclasses import replace

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.parcel import Parcel
from grader.gradebook.records import load_result, save_parcel, save_result
from grader.gradebook.scorecard import graded_notebook
from grader.notebook import Notebook, dumps
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import ID, RIGHT, make_result
from tests.kit.notebooks import answered

FAILED = SubmissionResult(
    "ada", ID, Status.NOT_GRADED, 9.0, notes=(Note(NoteKind.NOT_GRADED, "died — “twice”"),)
)


def parcel_of(course: Course, result: SubmissionResult) -> Parcel:
    """As it arrives from a worker."""
    sent = pickle.dumps(Parcel.of(load_bundle(course, ID), result))
    arrived: Parcel = pickle.loads(sent)
    return arrived


def in_chinese(release: Notebook) -> SubmissionResult:
    result = make_result("ada", release, double=4.0)
    return replace(result, notebook=answered(release, **RIGHT, why='因为 "x" \\ </script>'))


def test_the_record_has_the_same_bytes(course: Course, release: Notebook) -> None:
    result = in_chinese(release)
    save_result(course, result)
    path = course.result_path(ID, "ada")
    whole = path.read_bytes()
    path.unlink()
    kept = save_parcel(course, parcel_of(course, result))
    assert path.read_bytes() == whole
    assert kept == replace(result, notebook=None)
    assert load_result(course, ID, "ada") == result


def test_the_record_hands_on_the_scores_before_it(course: Course, release: Notebook) -> None:
    save_result(course, make_result("ada", release, double=1.0))
    kept = save_parcel(course, parcel_of(course, in_chinese(release)))
    assert kept.previous_scores["double"] == 1.0
    assert load_result(course, ID, "ada") == replace(
        in_chinese(release), previous_scores=kept.previous_scores
    )


def test_the_graded_notebook_is_the_same_text(course: Course, release: Notebook) -> None:
    result = in_chinese(release)
    expected = dumps(graded_notebook(result, load_bundle(course, ID).release))
    assert parcel_of(course, result).graded == expected


def test_each_member_of_a_group_gets_the_same(course: Course, release: Notebook) -> None:
    parcel = parcel_of(course, in_chinese(release)).for_student("bela")
    save_parcel(course, parcel)
    assert load_result(course, ID, "bela") == replace(in_chinese(release), student="bela")


def test_a_result_without_a_notebook_has_a_record_and_nothing_to_show(course: Course) -> None:
    parcel = parcel_of(course, FAILED)
    assert (parcel.graded, parcel.answers) == ("", None)
    save_parcel(course, parcel)
    assert load_result(course, ID, "ada") == FAILED
