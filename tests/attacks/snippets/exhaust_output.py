"""Prints for ever."""

ANSWER = """
while True:
    print("x" * 1000)
"""
EVIDENCE = "output cut off here|Cell target did not finish"
HAZARD = "it fills memory and disk with output"
