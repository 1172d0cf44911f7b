"""Sleeps, in every function and every cell, for as long as it may."""

from tests.attacks.course import HASTY_S, WAITED

ANSWER = """
def target(f, x):
    time.sleep(10**6)

print("asleep soon")
"""
EVIDENCE = WAITED
TIMEOUT_S = HASTY_S
