"""Leaves files, links, pipes and folders without permissions in the scratch folder."""

ANSWER = """
for name in ("-rf", "*", " ", "..\\\\..", "\\x1b[2J", "a" * 255):
    open(name, "w").close()
os.makedirs("/".join(["deep"] * 100))
attempt("a pipe", os.mkfifo, "pipe")
os.symlink("loop", "loop")
os.mkdir("closed", 0)
for folder in ("deep", "."):
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fchmod(opened, 0)
    except PermissionError:  # tier 2
        pass
print("left files")
"""
EVIDENCE = r"left files|Cell \w+ ended .*\(it wrote more than"  # on tier 2, if it is seen first
