"""Fills files only through memory, after they have been removed and closed."""

from tests.attacks.course import PATIENT_S

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
    time.sleep(60)
    print("SUCCEEDED: maps of removed files")
except (OSError, ValueError) as error:
    print("maps ended:", error)
"""
EVIDENCE = r"maps ended|ended the Python process"
TIMEOUT_S = PATIENT_S
HAZARD = "it fills the disk"
