"""Prints for ever."""

ANSWER = """
while True:
    print("x" * 1000)
"""
EVIDENCE = "output cut here|The cell target did not finish"
HAZARD = "it fills memory and disk with output"
