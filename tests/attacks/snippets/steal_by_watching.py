"""Watches folders, to read the names of who hands in and of who is graded as files come and go."""

ANSWER = """
watcher = libc.syscall(NUMBERS["inotify_init1"][os.uname().machine != "x86_64"], os.O_NONBLOCK)
for folder in ("submitted", "results", "feedback", "solutions"):
    path = f"{outside.course}/{folder}".encode()
    attempt(f"watching {folder}", system_call, "inotify_add_watch", watcher, path, 0xFFF)
"""
EVIDENCE = "(?s)watching submitted was refused.*watching solutions was refused"
