"""Fills files only through memory, after they have been removed and closed."""

ANSWER = """
import mmap

maps = []
try:
    for number in range(8):
        with open(f"sparse{number}", "w+b") as file:
            file.truncate(24 << 20)
            maps.append(mmap.mmap(file.fileno(), 24 << 20))
            os.unlink(file.name)
        maps[-1][:] = bytes(24 << 20)
    time.sleep(0.5)
    print("SUCCEEDED: maps of removed files")
except (OSError, ValueError) as error:
    print("maps ended:", error)
"""
EVIDENCE = r"maps ended|ended the Python process"
HAZARD = "it fills the disk"
