"""Large pages hold what was written before, and nothing is lost on the way there."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

import pytest

from grader.box.jail import large_pages
from grader.box.jail.large_pages import use_large_pages

SIZE = 16 << 20
PAGE = 4096


def in_large_pages() -> int:
    found = re.search(r"AnonHugePages:\s+(\d+) kB", Path("/proc/self/smaps_rollup").read_text())
    return int(found[1]) << 10 if found else 0


@pytest.fixture
def written() -> mmap.mmap:
    """Memory in small pages, each with a number of its own."""
    memory = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    for place in range(0, SIZE, PAGE):
        memory[place : place + 4] = place.to_bytes(4, "little")
    memory.madvise(mmap.MADV_HUGEPAGE)
    return memory


@pytest.mark.slow
def test_memory_that_was_written_to_lies_in_large_pages_and_is_the_same(
    written: mmap.mmap,
) -> None:
    before = in_large_pages()
    use_large_pages()
    for place in range(0, SIZE, PAGE):
        assert int.from_bytes(written[place : place + 4], "little") == place
    if in_large_pages() == before:
        pytest.skip("this kernel makes no large pages when asked")
    assert in_large_pages() - before >= SIZE // 2


def test_a_kernel_without_large_pages_is_let_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_pages, "SIZE", tmp_path / "missing")
    monkeypatch.setattr(large_pages, "MAPS", tmp_path / "not read")
    use_large_pages()
