"""Sleeps, in every function and every cell, for as long as it may."""

ANSWER = """
def target(f, x):
    time.sleep(10**6)

print("asleep soon")
"""
EVIDENCE = "target did not finish within 10 s, and computed for less than 2 s of them"
