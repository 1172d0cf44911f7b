"""Reads keys, tokens and histories from the grader's home, and lists the machine."""

ANSWER = """
attempt("a key", lambda: open(f"{outside.home}/.ssh/id_ed25519").read())
attempt("home", os.listdir, outside.home)
for folder in ("/root", "/home", "/etc", "/var", "/tmp", "/run", "/opt", "/sys", "/proc"):
    attempt(folder, os.listdir, folder)
for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/machine-id"):
    attempt(path, lambda: open(path).read())
"""
EVIDENCE = "(?s)a key was refused.*machine-id was refused"
