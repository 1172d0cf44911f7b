"""Spends the time of the whole submission: a cell above the questions sleeps in every box."""

from tests.attacks.course import HASTY_S

ANSWER = """
os._exit(1)
"""
EXTRA = """
time.sleep(0.8)
print("slept")
"""
EVIDENCE = "slept|and without number 2"
TIMEOUT_S = HASTY_S
