"""Fills shared memory and forgets each page at once, so that no process seems to hold it."""

ANSWER = """
import mmap

SHARED, FORGET, SIZE, STEP = mmap.MAP_SHARED, mmap.MADV_DONTNEED, 160 << 20, 8 << 20

def fill(file):
    shared = mmap.mmap(file, SIZE, SHARED | (mmap.MAP_ANONYMOUS if file < 0 else 0))
    for place in range(0, SIZE, STEP):
        shared[place : place + STEP] = bytes(STEP)
        shared.madvise(FORGET, place, STEP)
    return shared

attempt("forgotten pages", fill, -1)
attempt("forgotten zeros", lambda: fill(os.open("/dev/zero", os.O_RDWR)))
"""
EVIDENCE = "(?s)forgotten pages was refused.*forgotten zeros was refused"
HAZARD = "it takes all memory"
