"""Names in a zip are read whatever their flag says, and all of them together decide."""

from __future__ import annotations

import io
import struct
import zipfile
from zlib import crc32

import pytest

from grader.intake.zipnames import members_of, open_zip

NAMES = ["小明/作业.ipynb", "20260101-李梅/a.ipynb", "20260102-欧阳小龙/b.ipynb"]
FLAG = 0x800


def packed(names: list[bytes], flag: bool, extras: dict[bytes, bytes] | None = None) -> bytes:
    """A zip with these bytes as names; each member holds its place in the list."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for place, raw in enumerate(names):
            info = zipfile.ZipInfo(f"{place:x>{len(raw)}}")  # of the same length, to be replaced
            info.extra = (extras or {}).get(raw, b"")
            target.writestr(info, str(place))
    data = bytearray(file.getvalue())
    place = 0
    for signature, flags, start in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        for raw in names:
            place = data.index(signature, place)
            if flag:
                data[place + flags + 1] |= FLAG >> 8
            data[place + start : place + start + len(raw)] = raw
            place += start
    return bytes(data)


def told(data: bytes) -> dict[str, str]:
    """The content of each member by its name."""
    with open_zip(io.BytesIO(data), 100) as file:
        return {name: file.read(member).decode() for name, member in members_of(file)}


@pytest.mark.parametrize("flag", [True, False], ids=["flagged", "unflagged"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_names_are_read_whatever_the_flag_says(encoding: str, flag: bool) -> None:
    data = packed([name.encode(encoding) for name in NAMES], flag)
    assert told(data) == {name: str(place) for place, name in enumerate(NAMES)}


def test_a_name_that_is_right_in_both_encodings_is_read_as_all_others_are() -> None:
    assert "小".encode("gbk").decode() == "С"  # so alone, it cannot be told
    names = ["小/a.ipynb", "李梅/a.ipynb"]
    assert list(told(packed([name.encode("gbk") for name in names], flag=False))) == names


def test_utf_8_among_gbk_stays_what_it_is() -> None:
    data = packed(["李梅/a".encode("gbk"), "王伟/a".encode(), "小龙/a".encode("gbk")], flag=False)
    assert list(told(data)) == ["李梅/a", "王伟/a", "小龙/a"]


def test_letters_of_europe_in_an_old_code_page_are_not_taken_for_chinese() -> None:
    assert list(told(packed(["Müller/ä".encode("cp437")], flag=False))) == ["Müller/ä"]


@pytest.mark.parametrize(("checksum", "name"), [(0, "李梅/a"), (1, "????/a")])
def test_the_extra_field_counts_if_its_checksum_is_right(checksum: int, name: str) -> None:
    raw, real = b"????/a", "李梅/a".encode()
    body = b"\x01" + struct.pack("<L", crc32(raw) ^ checksum) + real
    extra = struct.pack("<2H", 0x7075, len(body)) + body
    assert list(told(packed([raw], flag=False, extras={raw: extra}))) == [name]
