"""Writes into the interpreter, its libraries and the kit, for the next process to import."""

ANSWER = """
import numpy.testing

ours = outside.kit + "/grading/submission.py"
targets = [os.__file__, numpy.testing.__file__, sys.executable, ours]
for path in targets:
    attempt(f"writing {os.path.basename(path)}", lambda: open(path, "ab"))
    attempt(f"removing {os.path.basename(path)}", os.unlink, path)
    attempt(f"opening up {os.path.basename(path)}", os.chmod, path, 0o777)
for folder in {os.path.dirname(path) for path in targets}:
    new = f"{folder}/{outside.mark}.pth"
    attempt(f"writing into {os.path.basename(folder)}", lambda: open(new, "w"))
    attempt(f"replacing {os.path.basename(folder)}", os.rename, folder, folder + ".old")
"""
EVIDENCE = "(?s)writing os.py was refused.*replacing .* was refused"
