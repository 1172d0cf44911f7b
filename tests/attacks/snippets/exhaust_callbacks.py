"""Calls the judge's function without end, so that the judge is the one that works."""

from tests.attacks.course import PATIENT_S

ANSWER = """
def target(f, x):
    while True:
        f(np.ones(1000))
"""
EVIDENCE = "target called a function that it was given"
TIMEOUT_S = PATIENT_S
