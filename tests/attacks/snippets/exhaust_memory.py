"""Takes memory until there is none."""

from tests.attacks.course import PATIENT_S

ANSWER = """
def target(f, x):
    kept = []
    while True:
        kept.append(bytearray(b"x") * (16 << 20))
"""
EVIDENCE = "MemoryError|more than 256 MiB"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes all memory"
