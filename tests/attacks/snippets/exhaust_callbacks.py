"""Calls the judge's function without end, so that the judge is the one that works."""

from tests.attacks.course import HASTY_S

ANSWER = """
def target(f, x):
    while True:
        f(np.ones(1000))
"""
EVIDENCE = "target (did not finish|disturbed the connection to the grader)"
TIMEOUT_S = HASTY_S
