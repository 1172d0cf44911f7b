"""Tables are written back as they were read, and no cell that we write is a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.system import table as tables
from grader.system.table import Row, Table, csv_text, read_table, spreadsheet_safe

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"))


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n",
        b"\xef\xbb\xbfa;b;c\r\n1;2,5;\r\n",
        b'Student,ID\r\n"    Points Possible",\r\n"Doe, Jane",7\r\n',
        "a\tb\nö\t=1\n".encode("utf-16"),
        "\ufeffa;b\nö;1\n".encode("utf-16-be"),
        "a|b\nö|1\n".encode("utf-16-le"),
    ],
)
def test_a_table_that_nobody_changed_is_written_as_it_came(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(data)
    assert read_table(path).to_bytes() == data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("first", "separator"),
    [
        *((f"sep={separator}\r\n", separator) for separator in ",;\t|"),
        ('"sep=;"\n', ";"),
        ("SEP=;;;\r\n", ";"),
        *(("", separator) for separator in ",;\t|"),
    ],
)
def test_what_a_spreadsheet_writes_is_read(
    tmp_path: Path, encoding: str, first: str, separator: str
) -> None:
    path = tmp_path / "in.csv"
    lines = ("id,first_name,last_name", "ada,Zoë,Müller-Łukasz", "bela,Béla,")
    text = first + "".join(f"{line}\r\n" for line in lines).replace(",", separator)
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert table.header == ("id", "first_name", "last_name")
    assert [row.cells for row in table.rows] == [
        ("ada", "Zoë", "Müller-Łukasz"),
        ("bela", "Béla", ""),
    ]
    assert [row.line for row in table.rows] == ([3, 4] if first else [2, 3])
    assert table.to_bytes() == text.replace(first, "", 1).encode(encoding)


def test_a_line_that_names_the_separator_outranks_the_look_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("sep=;\nName, given;Name, family;id\nA;B;1\n")
    assert read_table(path).header == ("Name, given", "Name, family", "id")
    path.write_text('sep=;\nid;name\nada;x\nbela;"x"y\n')
    with pytest.raises(UsageError, match="line 4: "):
        read_table(path)
    path.write_text("sep=;")
    with pytest.raises(UsageError, match="empty"):
        read_table(path)


def test_only_the_row_that_was_changed_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b'"a","b"\r\n"1","x\ny"\r\n"2",""\r\n"3",')
    table = read_table(path)
    rows = (table.rows[0], table.rows[1].with_cell(1, "z"), table.rows[2])
    out = replace(table, rows=rows).to_bytes()
    assert out == b'"a","b"\r\n"1","x\ny"\r\n2,z\r\n"3",'


@pytest.mark.slow
@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1))
def test_every_cell_survives(rows: list[list[str]]) -> None:
    assert list(csv.reader(io.StringIO(csv_text(rows), newline=""))) == rows


def test_a_cell_can_be_filled_in_where_the_row_is_too_short() -> None:
    row = Row(("a",), 2).with_cell(2, "x")
    assert row.cells == ("a", "", "x")
    assert (row.get(0), row.get(9)) == ("a", "")


def test_columns_are_found_whatever_their_case() -> None:
    table = Table(Path("x"), ("Student", "SIS Login ID"), ())
    assert table.column("sis_login_id") == 1
    assert table.column("nothing", "STUDENT") == 0
    assert table.column("nothing") is None


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r1", "\n1", "  =1", "＝1"])
def test_text_is_no_formula(text: str) -> None:
    assert spreadsheet_safe(text) == f"'{text}"


def test_other_text_stays_as_it_is() -> None:
    assert spreadsheet_safe("O'Neill-Ruiz") == "O'Neill-Ruiz"


def test_a_device_without_end_is_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 1 << 20)
    with pytest.raises(UsageError, match="/dev/zero: larger than 1 MiB"):
        read_table(Path("/dev/zero"))
