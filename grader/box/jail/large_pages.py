"""Large pages for a warm process, so that its forks begin and end in less time.

A fork copies an entry for each page of its parent, and gives all of them back when it ends. One
large page stands for 512 others (on x86). What the fork then writes to is still copied in small
pages, so the fork needs no more memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.box.jail import kernel

__all__ = ["use_large_pages"]

SIZE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
MAPS = Path("/proc/self/maps")
MAX_BYTES = 4 << 20  # where pages are larger, hardly any part of the memory fills one
MADV_COLLAPSE = 25  # Linux 6.1 and later


def use_large_pages() -> None:
    """Move the memory that this process has written to into large pages, where the kernel can."""
    try:
        page = int(SIZE.read_text())
    except (OSError, ValueError):  # this kernel has none
        return
    if page <= MAX_BYTES:
        for start, end in _written():
            first, last = -(-start // page) * page, end // page * page
            if first < last:
                kernel.advise(first, last - first, MADV_COLLAPSE)


def _written() -> Iterator[tuple[int, int]]:
    """The addresses of private memory without a file, from the first to beyond the last."""
    for line in MAPS.read_text().splitlines():
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == "rw-p" and (not name or name == ["[heap]"]):
            start, _, end = addresses.partition("-")
            yield int(start, 16), int(end, 16)
