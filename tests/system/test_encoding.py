"""The encoding of a text is told by its bytes, and letters of Europe are no Chinese characters."""

from __future__ import annotations

import pytest

from grader.system.encoding import encoding_of

CHINESE = "学号,姓名,分数\r\n20260101,李梅,\r\n20260102,欧阳小龙,5\r\n"
GERMAN = "id,name\r\nada,Jürgen Müller-Lüdenscheidt\r\nbela,Zoë Böhm\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_a_chinese_table_is_read_in_each_encoding_of_spreadsheets(encoding: str) -> None:
    assert encoding_of(CHINESE.encode(encoding)) == encoding
    assert encoding_of(CHINESE.encode("gbk")) == "gb18030"


@pytest.mark.parametrize("text", [GERMAN, "id,name\nx,Françoise Gisèle\ny,Søren\n"])
def test_letters_of_europe_in_an_old_encoding_are_not_taken_for_chinese(text: str) -> None:
    assert encoding_of(text.encode("cp1252")) is None


def test_one_zero_byte_does_not_make_a_text_utf_16() -> None:
    assert encoding_of(GERMAN.encode() + b"\0") == "utf-8"
