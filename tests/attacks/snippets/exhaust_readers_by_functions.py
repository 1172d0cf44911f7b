"""Ends the box beside cells of small functions without number, whose needs take hours to find."""

from tests.attacks.course import PATIENT_S

EXTRA = (
    """
small = ["""
    + "lambda: 0, " * 12_000
    + """]
"""
    + "".join(f"def g{n}(): return g{n + 1}() + len(small)\n" for n in range(3000))
)

ANSWER = """
def target(f, x):
    g0
    os._exit(3)
"""
EVIDENCE = r"target ended the Python process \(exit status 3\)"
TIMEOUT_S = PATIENT_S
