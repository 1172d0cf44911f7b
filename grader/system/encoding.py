"""In which encoding a text of another program is written.

Programs rarely say so. A byte order mark does; UTF-8 proves itself. Spreadsheets in China write
GB18030 or its older part GBK, in which almost any bytes are some text. So a text is taken for
GB18030 only if most of its characters are common ones.
"""

from __future__ import annotations

import codecs

__all__ = ["encoding_of", "is_chinese"]

MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
COMMON_SHARE = 0.75  # of the characters beyond ASCII; letters of Europe, misread, are all rare ones


def encoding_of(data: bytes) -> str | None:
    """The encoding of a text: UTF-8, UTF-16 or GB18030; None if it is none of them.

    Args:
        data: the whole text.
    """
    if marked := MARKS.get(data[:2]):
        return marked
    if data.count(0) * 20 > len(data):  # in UTF-16, separators, digits and line ends have a zero
        return "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
    if _is(data, "utf-8"):
        return "utf-8"
    return "gb18030" if is_chinese(data) else None


def is_chinese(data: bytes) -> bool:
    """Whether a text is in GB18030, and most of its characters beyond ASCII are common ones.

    Args:
        data: the whole text.
    """
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    if text.encode("gb18030") != data:
        return False
    beyond = [letter for letter in text if not letter.isascii()]
    common = sum(_is_common(letter) for letter in beyond)
    return bool(beyond) and common >= COMMON_SHARE * len(beyond)


def _is_common(letter: str) -> bool:
    try:
        return bool(letter.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
