"""Names in a zip: in which encoding they are, decided for the whole zip.

A flag at each name says that it is UTF-8. Many programs write UTF-8 without it, those of Chinese
Windows write GBK, and some set the flag all the same. A single short name may be right in both
encodings, so all names together decide. Some programs add the name in UTF-8 a second time, as an
extra field (4.6.9 in https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT); it counts if its
checksum is that of the name beside it.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from zlib import crc32

from grader.system.encoding import is_chinese

__all__ = ["TooManyMembers", "members_of", "open_zip"]

ENTRY = b"PK\x01\x02"
ENTRY_BYTES = 46
HEADER, HEADER_BYTES = b"PK\x03\x04", 30  # before the content of each member
UTF8_FLAG = 0x08  # of the upper byte
UNICODE_PATH = 0x7075


class TooManyMembers(Exception):
    """A zip lists more members than it may; told before anything is made of its list."""


class _Unflagged(io.BufferedReader):
    """A zip whose list of members says of no name that it is UTF-8.

    Python refuses the whole zip if one name is not what its flag says. Without flags, each name is
    read as code page 437, in which every byte is a letter, so its bytes can be had back.
    """

    is_listing = True
    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if self.is_listing and data.startswith(ENTRY):
            return _without_flags(data, self.most)
        if size == HEADER_BYTES and data.startswith(HEADER):
            return data[:7] + bytes([data[7] & ~UTF8_FLAG]) + data[8:]
        return data


def _without_flags(data: bytes, most: int) -> bytes:
    changed = bytearray(data)
    place = count = 0
    while changed[place : place + 4] == ENTRY and place + ENTRY_BYTES <= len(changed):
        count += 1
        if count > most:
            raise TooManyMembers
        changed[place + 9] &= ~UTF8_FLAG
        place += ENTRY_BYTES + sum(struct.unpack_from("<3H", changed, place + 28))
    return bytes(changed)


class _Zip(zipfile.ZipFile):
    """A zip that closes what it reads from."""

    def __init__(self, source: _Unflagged) -> None:
        self._source = source
        super().__init__(source)
        source.is_listing = False

    def close(self) -> None:
        super().close()
        self._source.close()


def open_zip(raw: io.RawIOBase | io.BytesIO, most: int) -> zipfile.ZipFile:
    """Open a zip, whatever its names are.

    Args:
        raw: its content, from which one can read anywhere; it is closed with the zip.
        most: how many members it may have, folders included.

    Raises:
        TooManyMembers: it has more.
        OSError, zipfile.BadZipFile: it cannot be read.
    """
    source = _Unflagged(raw)
    source.most = most
    try:
        return _Zip(source)
    except BaseException:
        source.close()
        raise


def members_of(file: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """All files in a zip, each with its path in readable letters.

    Args:
        file: a zip from `open_zip`.
    """
    members = [member for member in file.infolist() if not member.is_dir()]
    raw = [member.orig_filename.encode("cp437") for member in members]
    are_chinese = is_chinese(b"\n".join(name for name in raw if not _is_utf8(name)))
    return [
        ((_told(member, name) or _decoded(name, are_chinese)).replace("\\", "/"), member)
        for member, name in zip(members, raw, strict=True)
    ]


def _decoded(name: bytes, are_chinese: bool) -> str:
    """One name; where others are GBK, only Chinese characters prove that it is UTF-8."""
    if _is_utf8(name):
        text = name.decode()
        if not are_chinese or name.isascii() or any(ord(letter) > 0x7FF for letter in text):
            return text
    return name.decode("gb18030", "replace") if are_chinese else name.decode("cp437")


def _told(member: zipfile.ZipInfo, name: bytes) -> str:
    """The name in the extra field; "" without one."""
    for kind, data in _extras(member.extra):
        is_ours = kind == UNICODE_PATH and data[:1] == b"\x01"
        if is_ours and data[1:5] == struct.pack("<L", crc32(name)) and _is_utf8(data[5:]):
            return data[5:].decode()
    return ""


def _extras(extra: bytes) -> Iterable[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<2H", extra)
        yield kind, extra[4 : 4 + size]
        extra = extra[4 + size :]


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
