"""Opens files for neither reading nor writing, and empties those that it opens for reading."""

ANSWER = """
NEITHER = 3
paths = [f"{outside.course}/{name}" for name in ("course.yml", "gradebook.db")]
paths += [f"{outside.home}/.bashrc", np.__file__, *(f"{p}/ours.pth" for p in outside.owned)]
for path in paths:
    for flags in (NEITHER, NEITHER | os.O_TRUNC, os.O_RDONLY | os.O_TRUNC, os.O_WRONLY):
        attempt(f"{path} with {flags}", os.open, path, flags)
attempt("by a structure", system_call, "openat2", -100, b".", bytes(24), 24)
"""
EVIDENCE = "(?s)with 3 was refused.*with 512 was refused.*by a structure was refused"
