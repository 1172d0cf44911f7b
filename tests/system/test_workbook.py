"""Workbooks come in as text and go out as they were; a hostile one costs one line."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import util
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from grader.errors import UsageError
from grader.system.table import Row, read_table, read_tables
from grader.system.workbook import new_workbook
from tests.kit.marks import first_is_fast

OLD = Path(__file__).with_name("workbooks")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A sheet with a title above its header, all kinds of cells, and a hidden sheet."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Class 1"])
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(["学号", "姓名", "分数", "总评"])
    sheet.append([20260101.0, "李梅", None, "=C4*0.4"])
    sheet.append([7, datetime(2026, 1, 31), 5.25, "#N/A"])
    sheet["A5"].number_format = "00000000"
    sheet.append(["0020260103", True, datetime(2026, 1, 31, 10, 5), None])
    sheet["B4"].font = Font(bold=True)
    sheet.column_dimensions["B"].width = 33
    book.create_sheet("hidden", 0).sheet_state = "hidden"
    book["hidden"]["A1"] = "x"
    path = tmp_path / "成绩.xlsx"
    book.save(path)
    return path


def test_cells_are_read_as_people_see_them(book: Path) -> None:
    (table,) = read_tables(book)
    assert table.header == ("Class 1",)
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("学号", "姓名", "分数", "总评")),
        (4, ("20260101", "李梅")),
        (5, ("00000007", "2026-01-31", "5.25", "#N/A")),
        (6, ("0020260103", "TRUE", "2026-01-31 10:05:00")),
    ]


@pytest.mark.slow
def test_a_filled_workbook_differs_in_the_filled_cells_only(book: Path) -> None:
    table = read_table(book).headed_by(0)
    first = table.rows[0].with_cell(2, "5.5")
    second = table.rows[1].with_cell(4, "=1+1")
    filled = replace(table, rows=(first, second, *table.rows[2:])).to_bytes()
    before, after = load_workbook(book), load_workbook(io.BytesIO(filled))
    changes = {
        cell.coordinate: (cell.value, cell.data_type)
        for row in after.active.iter_rows()
        for cell in row
        if cell.value != before.active[cell.coordinate].value
    }
    assert changes == {"C4": (5.5, "n"), "E5": ("=1+1", "s")}
    assert after.active["B4"].font.bold
    assert after.active.column_dimensions["B"].width == 33
    assert [str(merged) for merged in after.active.merged_cells.ranges] == ["A1:D1"]
    assert after["hidden"]["A1"].value == "x"


@pytest.mark.slow
@pytest.mark.parametrize(("line", "column", "reason"), [(4, 3, "D4 holds"), (1, 1, "B1 is merged")])
def test_a_formula_or_a_merged_cell_is_not_overwritten(
    book: Path, line: int, column: int, reason: str
) -> None:
    table = read_table(book)
    row = Row((), line).with_cell(column, "1")
    with pytest.raises(UsageError, match=reason):
        replace(table, rows=(row,)).to_bytes()


@pytest.mark.slow
def test_an_old_workbook_is_filled_into_a_new_one() -> None:
    table = read_table(OLD / "grade_sheet.xls")
    assert [row.cells for row in table.rows][:3] == [
        ("学号", "姓名", "班级", "分数"),
        ("20260101", "李梅", "1班"),
        ("0020260102", "王伟", "1班"),
    ]
    filled = replace(table, rows=(table.rows[1].with_cell(3, "7.25"),)).to_bytes()
    sheet = load_workbook(io.BytesIO(filled))["成绩"]
    assert [cell.value for cell in sheet[4]] == [20260101, "李梅", "1班", 7.25]
    assert (sheet["A5"].value, sheet["D6"].value) == ("0020260102", 61.5)
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:D1"]


def test_an_old_workbook_that_begins_at_another_cell_keeps_its_places() -> None:
    table = read_table(OLD / "not_at_the_corner.xls")
    assert table.header == ("", "", "学号")
    assert [(row.line, row.cells) for row in table.rows] == [(6, ("", "", "0012"))]


def _with(book: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Rewrite the files in a workbook."""
    with zipfile.ZipFile(book) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, change(name, data))


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><styleSheet>&b;</styleSheet>'
HUGE_MERGE = b'<mergeCells count="1"><mergeCell ref="A7:XFD1048576"/></mergeCells></worksheet>'
FAR = b'<row r="90000000"><c r="A90000000"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize(
    ("end", "instead", "reason"),
    first_is_fast(
        [
            (b"</sheetData>", FAR, "larger than"),
            (b"</worksheet>", b" " * (65 << 20) + b"</worksheet>", "larger than"),
            (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "ha">]><worksheet', "document type"),
            (b"</sheetData>", b"", "cannot be read"),
        ]
    ),
)
def test_a_hostile_workbook_costs_one_line(
    book: Path, end: bytes, instead: bytes, reason: str
) -> None:
    _with(book, lambda name, data: data.replace(end, instead))
    with pytest.raises(UsageError, match=reason) as refused:
        read_table(book)
    assert str(refused.value).startswith(f"{book}: ")
    assert "\n" not in str(refused.value)


def test_entities_in_another_encoding_are_found(book: Path) -> None:
    text = LAUGHS.decode().encode("utf-16")
    _with(book, lambda name, data: text if "styles" in name else data)
    with pytest.raises(UsageError, match="document type"):
        read_table(book)


def test_a_size_that_a_sheet_claims_is_not_believed(book: Path) -> None:
    claim = b'<dimension ref="A1:XFD1048576"'
    _with(book, lambda name, data: data.replace(b'<dimension ref="A1:D6"', claim))
    assert len(read_table(book).rows) == 4


@pytest.mark.slow
def test_a_claim_of_many_merged_cells_ends_within_bounds(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(
        book,
        lambda name, data: data.replace(b"</worksheet>", HUGE_MERGE) if "sheet2" in name else data,
    )
    table = read_table(book)
    monkeypatch.setattr("grader.system.workbook.TIMEOUT_S", 1)
    with pytest.raises(UsageError, match=r"cannot be read|takes more than"):
        replace(table, rows=(table.rows[1].with_cell(2, "5"),)).to_bytes()


@pytest.mark.linux
def test_an_old_workbook_of_a_few_bytes_cannot_take_all_memory() -> None:
    with pytest.raises(UsageError, match="cannot be read as a workbook"):
        read_table(OLD / "claims_500_million_cells.xls")


def test_a_web_page_that_is_called_a_workbook_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "成绩.xls"
    path.write_bytes("<html><table><tr><td>学号</td></tr></table>".encode("gbk"))
    with pytest.raises(UsageError, match=r"a web page.*save it as \.xlsx"):
        read_table(path)


def test_csv_that_is_called_a_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "成绩.xls"
    data = "学号\t姓名\r\n001\t李梅\r\n".encode("gbk")
    path.write_bytes(data)
    table = read_table(path)
    assert table.rows[0].cells == ("001", "李梅")
    assert table.to_bytes() == data


def test_without_the_extra_its_name_is_told(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.system.workbook.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'chainrule\[excel\]'"):
        read_table(book)
    assert util.find_spec("openpyxl")


def test_a_new_workbook_has_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(new_workbook([["id", "n"], ["=1+1", 5.5]], [9, 9]))).active
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("=1+1", "s"), (5.5, "n")]
    assert sheet.freeze_panes == "A2"
