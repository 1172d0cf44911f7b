"""Canvas: a file that it exported is filled in and otherwise stays the same.

The checks of format are those of Canvas's `GradebookImporter`, copied from its source.
"""

from __future__ import annotations

from grader.course.settings import Course
from grader.export.export import export
from grader.gradebook.records import save_result
from tests.kit.course import ID, make_result, release_by_hand
from tests.kit.lms import CANVAS, cells, filled


def assert_canvas_accepts(rows: list[list[str]]) -> None:
    """Check `header?`, `update_column_count`, `check_for_non_student_row` of GradebookImporter."""
    head = rows[0]
    assert len(head) > 3 and "Student" in head[0] and "ID" in head[1]
    columns = 3
    if "SIS Login ID" in head[2]:
        columns += 1
    elif "SIS User ID" in head[2] and "SIS Login ID" in head[3]:
        columns += 2
    assert "Section" in head[columns - 1]
    assert any("Points Possible" in row[0] for row in rows[1:3])
    assert all(len(row) == len(head) for row in rows)


def test_a_canvas_gradebook_comes_back_with_scores_and_otherwise_unchanged(
    graded_course: Course,
) -> None:
    rows, exported = filled(graded_course, "canvas", CANVAS)
    before = cells(CANVAS)
    assert_canvas_accepts(rows)
    changed = {
        (row[0] or "?", before[0][i]): (before[n][i], cell)
        for n, row in enumerate(rows)
        for i, cell in enumerate(row)
        if cell != before[n][i]
    }
    assert changed == {
        ("Lovelace, Ada", "Tiny (78)"): ("1.00", "5.5"),
        ("Szabó, Béla", "Tiny (78)"): ("", "4"),
        ("Okafor, Chidi", "Tiny (78)"): ("", "0"),
    }
    assert exported.files[""].count(b"\r\n") == CANVAS.count("\r\n")
    assert "dora: excused in Canvas (EX); left as it is" in exported.remarks
    assert f"{ID}: not in the file: eve" in exported.remarks
    again, _ = filled(graded_course, "canvas", exported.files[""].decode())
    assert again == rows


def test_a_canvas_gradebook_with_semicolons_and_a_mark_keeps_them(graded_course: Course) -> None:
    text = "\ufeff" + CANVAS.replace('"Lovelace, Ada"', "Lovelace").replace(",", ";")
    rows, exported = filled(graded_course, "canvas", text)
    assert exported.files[""].startswith(b"\xef\xbb\xbfStudent;ID;")
    assert [row[7] for row in rows if row[0] == "Lovelace"] == ["5.5"]


def test_other_points_in_canvas_are_told(graded_course: Course) -> None:
    _, exported = filled(graded_course, "canvas", CANVAS.replace(",9.00,", ",10.00,"))
    assert f"{ID}: 10.00 points in Canvas, but 9 here; scores are written as they are" in (
        exported.remarks
    )
    assert not any(
        "points in Canvas" in r for r in filled(graded_course, "canvas", CANVAS)[1].remarks
    )


def test_without_a_file_canvas_gets_a_small_one(graded_course: Course) -> None:
    rows = cells(export(graded_course, (), "canvas").files[""].decode())
    assert_canvas_accepts(rows)
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny"],
        ["    Points Possible", "", "", "", "", "9"],
        ["Lovelace, Ada", "501", "S1", "lovelace", "A", "5.5"],
        ["Szabó, Béla", "", "S2", "szabo", "B", "4"],
        ["Okafor, Chidi", "", "", "okafor", "'=B", "0"],
        ["Dee, Dora", "504", "", "", "B", "2"],
        ["eve", "", "", "eve", "", "2"],
    ]


def test_without_a_roster_ids_are_what_canvas_knows(graded_course: Course) -> None:
    graded_course.roster_path.unlink()
    release = release_by_hand(graded_course)
    save_result(graded_course, make_result("901", release, double=4.0))
    rows, exported = filled(graded_course, "canvas", CANVAS)
    assert [row[7] for row in rows if row[1] == "901"] == ["4"]
    assert f"{ID}: not in the file: ada, bela, chidi, dora, eve" in exported.remarks
