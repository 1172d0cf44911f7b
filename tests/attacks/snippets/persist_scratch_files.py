"""Leaves files, links, pipes and folders without permissions in the scratch folder."""

ANSWER = """
for name in ("-rf", "*", " ", "..\\\\..", "\\x1b[2J", "a" * 255):
    open(name, "w").close()
os.makedirs("/".join(["deep"] * 100))
attempt("a pipe", os.mkfifo, "pipe")
os.symlink("loop", "loop")
os.makedirs("closed/inner")
for folder in ("closed", "."):
    closed = os.open(folder, os.O_RDONLY)
    os.fchmod(closed, 0)
print("left files")
"""
EVIDENCE = "left files"
