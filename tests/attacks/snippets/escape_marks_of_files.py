"""Opens up, ages and labels files outside by their paths, for which nothing has to be opened."""

ANSWER = """
paths = [outside.course, outside.home]
paths += [f"{outside.course}/{name}" for name in ("course.yml", "gradebook.db", "submitted")]
for path in paths:
    attempt(f"mode of {path}", os.chmod, path, 0o700)
    attempt(f"owner of {path}", os.chown, path, os.getuid(), os.getgid())
    attempt(f"times of {path}", os.utime, path, (1, 1))
    attempt(f"label of {path}", os.setxattr, path, "user.stolen", b"1")
    attempt(f"end of {path}", system_call, "truncate", path.encode(), 0)
"""
EVIDENCE = "(?s)mode of .* was refused.*label of .* was refused"
