"""A grade sheet gets scores into the rows of their owners; everything else stays."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.export import export
from grader.gradebook.records import save_result
from tests.kit.course import ID, make_result, release_by_hand, write_course
from tests.kit.lms import stand_in_for_the_gradebook

ROSTER = """\
id,first_name,last_name,sis_id
20260101,梅,李,
0020260102,伟,王,
20260103,伟,王,
s104,小龙,欧阳,20260104
20260105,雪,陈,
"""
POINTS = {"20260101": 4.0, "0020260102": 2.0, "20260103": 4.0, "s104": 2.0}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    course = write_course(tmp_path / "course")
    release = release_by_hand(course)
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    for student, points in POINTS.items():
        save_result(course, make_result(student, release, double=points))
    stand_in_for_the_gradebook(monkeypatch, dict)
    return course


def sheet_with(tmp_path: Path, *rows: list[object], head: str = "成绩（100分）") -> Path:
    book = Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("成绩")
    sheet.append(["计算机1班成绩登记表"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "学号", "姓名", head])
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "成绩.xlsx")
    return tmp_path / "成绩.xlsx"


def scores(content: bytes) -> list[object]:
    return [row[3].value for row in load_workbook(io.BytesIO(content))["成绩"].iter_rows(min_row=3)]


@pytest.mark.slow
def test_numbers_are_found_as_text_and_as_number(course: Course, tmp_path: Path) -> None:
    path = sheet_with(
        tmp_path,
        [1, 20260101.0, "李梅", None],
        [2, "0020260102", "王伟", 60],
        [3, 20260103, "王伟", None],
        [4, "'20260104", "欧阳小龙", None],
        [5, "20260105", "陈雪", None],
    )
    exported = export(course, (ID,), "xlsx", path)
    assert scores(exported.files[""]) == [4, 2, 4, 2, None]
    assert exported.suffix == ".xlsx"
    merged = load_workbook(io.BytesIO(exported.files[""]))["成绩"].merged_cells.ranges
    assert [str(place) for place in merged] == ["A1:D1"]


@pytest.mark.slow
def test_a_heading_spread_over_its_column_is_read(course: Course, tmp_path: Path) -> None:
    path = sheet_with(tmp_path, [1, "20260101", "李 梅", None], head="成 绩")
    book = load_workbook(path)
    book["成绩"]["B2"], book["成绩"]["C2"] = "学 号", "姓　名"
    book.save(path)
    assert scores(export(course, (ID,), "xlsx", path).files[""]) == [4]


@pytest.mark.slow
def test_leading_zeros_that_a_spreadsheet_dropped_are_made_up_for(
    course: Course, tmp_path: Path
) -> None:
    path = sheet_with(tmp_path, [1, 20260102, "王伟", None])
    assert scores(export(course, (ID,), "xlsx", path).files[""]) == [2]


@pytest.mark.slow
def test_no_score_goes_into_the_row_of_another(course: Course, tmp_path: Path) -> None:
    path = sheet_with(
        tmp_path,
        [1, 20260101, "陈雪", None],
        [2, 20269999, "欧阳小龙", None],
        [3, 20260103, "王伟", "缓考"],
        [4, "0020260102", "王伟", None],
        [5, "0020260102", "王伟", None],
    )
    exported = export(course, (ID,), "xlsx", path)
    assert scores(exported.files[""]) == [None, None, "缓考", 2, None]
    said = "\n".join(exported.remarks)
    assert "line 3: it names 20260101 and 20260105; left as it is" in said
    assert "20260103: line 5 has '缓考'; left as it is" in said
    assert "line 7: 0020260102 is also in line 6" in said
    assert "not in the file: 20260101, s104" in said


def test_a_sheet_in_gbk_stays_one(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "成绩.csv"
    text = '成绩单\r\n学号,姓名,成绩\r\n="0020260102",王伟,\r\n20260101,李梅,\r\n'
    path.write_bytes(text.encode("gbk"))
    exported = export(course, (ID,), "xlsx", path)
    assert exported.suffix == ".csv"
    assert exported.files[""].decode("gbk").endswith("20260101,李梅,4\r\n")


@pytest.mark.slow
def test_several_columns_for_scores_are_not_guessed(course: Course, tmp_path: Path) -> None:
    path = sheet_with(tmp_path, [1, 20260101, "李梅", None], head="分数")
    book = load_workbook(path)
    book["成绩"]["E2"] = "成绩"
    book.save(path)
    with pytest.raises(UsageError, match=r"several columns may be.*set lms_name"):
        export(course, (ID,), "xlsx", path)
    book["成绩"]["A1"], book["成绩"]["B2"] = "x", "number"
    book.save(path)
    with pytest.raises(UsageError, match="no column 学号"):
        export(course, (ID,), "xlsx", path)


def test_a_new_sheet_lists_the_roster(course: Course) -> None:
    content = export(course, (ID,), "xlsx").files[""]
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert rows[0] == ("学号", "姓名", "分数")
    assert rows[2] == ("0020260102", "王伟", 2)
    assert rows[5] == ("20260105", "陈雪", None)
