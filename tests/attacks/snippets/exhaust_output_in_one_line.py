"""Prints one line of 100 million characters, on both streams."""

from tests.attacks.course import PATIENT_S

ANSWER = """
line = "x" * 10**8
print("before")
print(line)
print(line, file=sys.stderr)
"""
EVIDENCE = "before"
TIMEOUT_S = PATIENT_S
