"""A folder or a zip that came from elsewhere, read file by file and never unpacked.

A file with a path that leads outside, a link, too large a size or broken data yields a reason
instead of content, so that one bad file does not stop the rest. Archives inside are not opened.

What a zip says about sizes is not believed, and how well something is packed says nothing: the
repeated lines of an honest output shrink a thousandfold. What counts is the bytes that come out,
which are read in small pieces, so that no more is ever unpacked than is allowed.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from grader.course.folder import is_debris
from grader.errors import UsageError
from grader.notebook import MAX_BYTES

__all__ = ["Archive", "open_archive"]

MAX_MEMBERS = 100_000
PIECE_BYTES = 64 << 10
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of others, Python unpacks a piece whole
MAX_TOTAL_BYTES = 8 << 30
MAX_NAME = 400  # characters
MAX_DEPTH = 24
ENCRYPTED, IN_UTF8 = 0x1, 0x800  # flags of a member of a zip


class Archive:
    """The files of a download.

    `entries` lists the paths that can be read; `refused` has the reason for each other path.

    Args:
        names: paths of all files in it, relative to its top.
        root: the folder; None if it is a zip.

    Raises:
        UsageError: it holds too many files.
    """

    def __init__(self, names: Iterator[str], root: Path | None = None) -> None:
        self.root = root
        self.refused: dict[str, str] = {}
        self.entries: list[str] = []
        for count, name in enumerate(names):
            if count >= MAX_MEMBERS:
                raise UsageError(f"more than {MAX_MEMBERS} files in it; collect it in parts")
            self._add(name)
        self.entries.sort()
        self._read_bytes = 0

    def _add(self, name: str) -> None:
        path = PurePosixPath(name)
        if is_debris(path, dotfiles=False):
            return
        if reason := _unfit(name):
            self.refused[name] = reason
        else:
            self.entries.append(name)

    def read(self, name: str) -> bytes | str:
        """Read one entry: its content, or the reason why it has none."""
        try:
            opened = self._open(name)
            if isinstance(opened, str):
                return opened
            with opened as file:
                return self._bounded(file)
        except Exception as error:  # a broken member raises errors of zlib, struct and others
            return _problem(error)

    def _open(self, name: str) -> IO[bytes] | str:
        """The entry's content, or the reason why it must not be read."""
        raise NotImplementedError

    def _bounded(self, file: IO[bytes]) -> bytes | str:
        data = bytearray()
        while piece := file.read(PIECE_BYTES):
            data += piece
            self._read_bytes += len(piece)
            if self._read_bytes > MAX_TOTAL_BYTES:
                return f"more than {MAX_TOTAL_BYTES >> 30} GiB in all; collect it in parts"
            if len(data) > MAX_BYTES:
                return f"larger than {MAX_BYTES >> 20} MiB; let its outputs be cleared"
        return bytes(data)


class _Folder(Archive):
    def __init__(self, root: Path) -> None:
        super().__init__(_files(root), root)

    def _open(self, name: str) -> IO[bytes] | str:
        assert self.root is not None  # noqa: S101 — a folder has one
        path = self.root / name
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return "a link, not a file"
        return path.open("rb") if stat.S_ISREG(mode) else "not an ordinary file"


class _Zip(Archive):
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        members = [member for member in file.infolist() if not member.is_dir()]
        self._members = {_name_of(member): member for member in members}
        super().__init__(iter(self._members))
        counts = Counter(_name_of(member) for member in members)
        twice = {name for name, count in counts.items() if count > 1}
        self.entries = [entry for entry in self.entries if entry not in twice]
        self.refused |= dict.fromkeys(sorted(twice), "twice in the zip")

    def _open(self, name: str) -> IO[bytes] | str:
        member = self._members[name]
        if stat.S_ISLNK(member.external_attr >> 16):
            return "a link, not a file"
        if member.flag_bits & ENCRYPTED:
            return "locked by a password; pack it again without one"
        if member.compress_type not in BOUNDED:
            return "packed in an unusual way; pack it again as an ordinary zip"
        return self._file.open(member)


@contextmanager
def open_archive(source: Path) -> Iterator[Archive]:
    """Open a folder or a zip.

    Raises:
        UsageError: it is neither, cannot be read, or holds too many files.
    """
    try:
        if source.is_dir():
            yield _Folder(source)
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as file:
                yield _Zip(file)
        else:
            raise UsageError("neither a folder nor a zip file; give the download as it came")
    except UsageError as error:
        text = str(error)
        raise UsageError(text if str(source) in text else f"{source}: {text}") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{source}: cannot be read ({error}); download it again") from None


def _files(root: Path) -> Iterator[str]:
    """List all files below a folder; links are listed, too, but not followed."""
    for folder, subfolders, names in os.walk(root):
        here = Path(folder).relative_to(root)
        for name in [*names, *(s for s in subfolders if (Path(folder) / s).is_symlink())]:
            yield (here / name).as_posix()
        subfolders[:] = [s for s in sorted(subfolders) if not is_debris(Path(s), dotfiles=False)]
        if ".git" in subfolders:  # one entry is enough to tell that this is a clone
            subfolders.remove(".git")
            yield (here / ".git" / "HEAD").as_posix()


def _problem(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror or error})"
    return f"cannot be unpacked, since its data is damaged ({type(error).__name__}: {error})"


def _name_of(member: zipfile.ZipInfo) -> str:
    """The member's path; many programs write UTF-8 without setting the flag for it."""
    name = member.filename
    if not member.flag_bits & IN_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _unfit(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0][:2]):
        return "a path that leads out of the download"
    if len(name) > MAX_NAME or len(path.parts) > MAX_DEPTH:
        return "a path of absurd length"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "a path with control characters"
    return ""
