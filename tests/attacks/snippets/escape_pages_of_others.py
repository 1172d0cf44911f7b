"""Drives the interpreter's files out of memory, and keeps its own there, at others' cost."""

ANSWER = """
import mmap

DONT_NEED, COLD, OUT, POISON = 4, 20, 21, 100
with open(np.__file__, "rb") as file:
    view = mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_READ)
    for advice in (COLD, OUT, POISON):
        attempt(f"advice {advice}", view.madvise, advice)
    attempt("a hint", os.posix_fadvise, file.fileno(), 0, 0, DONT_NEED)
attempt("all of its own", lambda: checked(libc.mlockall(7)))
attempt("pages of others", system_call, "migrate_pages", outside.judge, 64, bytes(8), bytes(8))
attempt("moving pages", system_call, "move_pages", outside.judge, 0, None, None, None, 4)
"""
EVIDENCE = "(?s)advice 21 was refused.*a hint was refused.*all of its own was refused"
