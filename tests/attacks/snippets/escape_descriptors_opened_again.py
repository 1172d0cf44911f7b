"""Opens its descriptors again with more rights, and climbs by a folder that it may read."""

ANSWER = """
EMPTY_PATH = 0x1000
folder = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
paths = [np.__file__, os.__file__, *(f"{p}/ours.pth" for p in outside.owned)]
for path in paths:
    opened, named = os.open(path, os.O_RDONLY), os.open(path, os.O_PATH)
    for number in (opened, named):
        for prefix in ("/proc/self/fd/", "/dev/fd/", "/proc/thread-self/fd/"):
            attempt(prefix, os.open, f"{prefix}{number}", os.O_RDWR)
        attempt("a name for it", system_call, "linkat", number, b"", -100, b"mine", EMPTY_PATH)
    attempt("its mode", system_call, "fchmodat2", named, b"", 0, EMPTY_PATH)
    attempt("its owner", system_call, "fchownat", named, b"", os.getuid(), 0, EMPTY_PATH)
    attempt("its times", system_call, "utimensat", named, b"", None, EMPTY_PATH)
    attempt("a link to it", os.link, path, "mine")
up = "/".join([".."] * 40)
WRITE = os.O_CREAT | os.O_WRONLY
secret = up + outside.course + "/course.yml"
attempt("climbing", lambda: os.open(secret, os.O_RDONLY, dir_fd=folder))
attempt("a file inside", lambda: os.open("new.py", WRITE, dir_fd=folder))
attempt("a nameless file", lambda: os.open(".", os.O_TMPFILE | os.O_RDWR, dir_fd=folder))
attempt("a folder inside", lambda: os.mkdir("new", dir_fd=folder))
attempt("a link inside", lambda: os.symlink("/", "new", dir_fd=folder))
"""
EVIDENCE = "(?s)its mode was refused.*climbing was refused.*a link inside was refused"
