"""Prints for ever."""

from tests.attacks.course import HASTY_S

ANSWER = """
while True:
    print("x" * 1000)
"""
EVIDENCE = "output cut off here|Cell target did not finish"
TIMEOUT_S = HASTY_S
HAZARD = "it fills memory and disk with output"
