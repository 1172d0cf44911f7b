"""A folder or a zip that came from elsewhere, read file by file and never unpacked.

A file with a path that leads outside, a link, too large a size or broken data yields a reason
instead of content, so that one bad file does not stop the rest. A zip inside is read like a folder
of its name, since many systems pack one for each student; a zip in that is not.

What a zip says about sizes is not believed, and how well something is packed says nothing: the
repeated lines of an honest output shrink a thousandfold. What counts is the bytes that come out,
which are read in small pieces, so that no more is ever unpacked than is allowed.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from grader.course.folder import is_debris
from grader.errors import UsageError
from grader.intake.zipnames import TooManyMembers, members_of, open_zip
from grader.notebook import MAX_BYTES

__all__ = ["Archive", "open_archive"]

MAX_MEMBERS = 100_000
PIECE_BYTES = 64 << 10
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of others, Python unpacks a piece whole
MAX_TOTAL_BYTES = 8 << 30
MAX_NAME = 400  # characters
MAX_DEPTH = 24
MAX_INNER_BYTES = 64 << 20  # of a zip in a download, which is one student's
MAX_INNER_MEMBERS = 5000
MAX_INNER_TOTAL_BYTES = 256 << 20  # of all that is read from it
ENCRYPTED = 0x1  # flag of a member of a zip
NOT_A_ZIP = "not a zip, or damaged"
TOO_MANY = "more than {} files in it; collect it in parts"
TOO_MANY_INSIDE = "more than {} files in it; unpack it, and leave only the notebook"


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
        self._read_bytes = 0
        self._read_inside: Counter[str] = Counter()  # bytes, by zip
        self._inner: dict[str, tuple[str, str]] = {}
        self._last: tuple[str, Archive | None] = ("", None)
        for count, name in enumerate(names, 1):
            if count > MAX_MEMBERS:
                raise UsageError(TOO_MANY.format(MAX_MEMBERS))
            self._add(name)
        self._look_inside()
        self.entries.sort()

    def _add(self, name: str) -> None:
        path = PurePosixPath(name)
        if is_debris(path, dotfiles=False):
            return
        if reason := _unfit(name):
            self.refused[name] = reason
        else:
            self.entries.append(name)

    def _look_inside(self) -> None:
        """List what is in each zip, as if the zip were a folder; a zip that fails is refused."""
        for name in [entry for entry in self.entries if entry.lower().endswith(".zip")]:
            opened = self._inside(name)
            if opened == NOT_A_ZIP:
                continue
            self.entries.remove(name)
            if isinstance(opened, str):
                self.refused[name] = opened
                continue
            for inner in (*opened.entries, *opened.refused):
                path = f"{name}/{inner}"
                if reason := opened.refused.get(inner) or _unfit(path):
                    self.refused[path] = reason
                else:
                    self._inner[path] = (name, inner)
                    self.entries.append(path)

    def _inside(self, name: str) -> Archive | str:
        """A zip in the download, of which the last one is kept; or why it cannot be read."""
        if self._last[0] != name:
            before = self._read_bytes
            data = self._content(name, MAX_INNER_BYTES)
            if isinstance(data, str):
                return data
            if name in self._read_inside:  # it counted when it was listed
                self._read_bytes = before
            self._read_inside.setdefault(name, 0)
            try:
                self._last = (name, _InnerZip(open_zip(io.BytesIO(data), MAX_INNER_MEMBERS)))
            except TooManyMembers:
                return TOO_MANY_INSIDE.format(MAX_INNER_MEMBERS)
            except zipfile.BadZipFile:
                return NOT_A_ZIP
            except (OSError, ValueError, UsageError) as error:
                return f"cannot be read ({error}); unpack it into a folder of its name"
        return self._last[1] or NOT_A_ZIP

    def read(self, name: str) -> bytes | str:
        """Read one entry: its content, or the reason why it has none."""
        if name in self._inner:
            outer, inner = self._inner[name]
            opened = self._inside(outer)
            if isinstance(opened, str):
                return opened
            if self._read_inside[outer] > MAX_INNER_TOTAL_BYTES:
                return f"more than {MAX_INNER_TOTAL_BYTES >> 20} MiB in all in one zip"
            before = opened._read_bytes = self._read_bytes
            data = opened.read(inner)
            self._read_bytes = opened._read_bytes
            self._read_inside[outer] += self._read_bytes - before
            return data
        return self._content(name, MAX_BYTES)

    def _content(self, name: str, most: int) -> bytes | str:
        try:
            opened = self._open(name)
            if isinstance(opened, str):
                return opened
            with opened as file:
                return self._bounded(file, most)
        except Exception as error:  # a broken member raises errors of zlib, struct and others
            return _problem(error)

    def _open(self, name: str) -> IO[bytes] | str:
        """The entry's content, or the reason why it must not be read."""
        raise NotImplementedError

    def _bounded(self, file: IO[bytes], most: int) -> bytes | str:
        data = bytearray()
        while piece := file.read(PIECE_BYTES):
            data += piece
            self._read_bytes += len(piece)
            if self._read_bytes > MAX_TOTAL_BYTES:
                return f"more than {MAX_TOTAL_BYTES >> 30} GiB in all; collect it in parts"
            if len(data) > most:
                return f"larger than {most >> 20} MiB; let its outputs be cleared"
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
        members = members_of(file)
        self._members = dict(members)
        super().__init__(iter(self._members))
        counts = Counter(name for name, _ in members)
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


class _InnerZip(_Zip):
    """A zip in a download; a zip in it is refused, or a bomb could grow with each layer."""

    def _look_inside(self) -> None:
        for name in [entry for entry in self.entries if entry.lower().endswith(".zip")]:
            self.entries.remove(name)
            self.refused[name] = "a zip in a zip of a zip; unpack it, and collect the folder"


@contextmanager
def open_archive(source: Path) -> Iterator[Archive]:
    """Open a folder or a zip.

    Raises:
        UsageError: it is neither, cannot be read, or holds too many files.
    """
    with ExitStack() as stack:
        yield _opened(source, stack)


def _opened(source: Path, stack: ExitStack) -> Archive:
    try:
        if source.is_dir():
            return _Folder(source)
        if source.is_file() and zipfile.is_zipfile(source):  # a pipe would keep us waiting
            file = open_zip(source.open("rb", buffering=0), MAX_MEMBERS)
            return _Zip(stack.enter_context(file))
        raise UsageError(_no_zip(source))
    except TooManyMembers:
        raise UsageError(f"{source}: {TOO_MANY.format(MAX_MEMBERS)}") from None
    except UsageError as error:
        raise UsageError(f"{source}: {error}") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{source}: cannot be read ({error}); download it again") from None


def _no_zip(source: Path) -> str:
    """Why it is none, and what to do."""
    if source.is_file():
        with source.open("rb") as file:
            if file.read(2) == b"PK":
                return "a zip without its end; download it again"
    return "neither a folder nor a zip file; give the download as it came"


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


def _unfit(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0][:2]):
        return "a path that leads out of the download"
    if len(name) > MAX_NAME or len(path.parts) > MAX_DEPTH:
        return "a path of absurd length"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "a path with control characters"
    return ""
