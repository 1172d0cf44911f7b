"""Takes memory that no limit on the address space sees: shared maps, then unmapped from view."""

ANSWER = """
import mmap

maps = []
try:
    while True:
        shared = mmap.mmap(-1, 32 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        shared.write(b"x" * (32 << 20))
        maps.append(shared)
except (OSError, MemoryError, ValueError) as error:
    print("maps ended at", len(maps), type(error).__name__)
"""
EVIDENCE = r"maps ended at \d |more than 256 MiB"
HAZARD = "it takes all memory"
