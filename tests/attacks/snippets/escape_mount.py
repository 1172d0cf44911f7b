"""Mounts /proc, the disk and a folder over its own, by the old and by the new calls."""

ANSWER = """
for kind in (b"proc", b"sysfs", b"tmpfs", b"devtmpfs", b"overlay", b"cgroup2", b"ext4"):
    attempt(kind.decode(), system_call, "mount", b"none", b".", kind, 0, None)
attempt("bind", system_call, "mount", outside.course.encode(), b".", None, 4096, None)
attempt("remount", system_call, "mount", b"none", b"/", None, 32 | 4096, None)
attempt("fsopen", system_call, "fsopen", b"proc", 0)
attempt("open_tree", system_call, "open_tree", -100, b"/", 1)
"""
EVIDENCE = "(?s)proc was refused.*open_tree was refused"
