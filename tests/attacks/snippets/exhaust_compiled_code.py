"""Stays in compiled code, where no Python signal is heard: a power of integers, a sum, a sort."""

ANSWER = """
def target(f, x):
    return 7 ** (7 ** 12), 0.0
"""
EVIDENCE = "target did not finish within 1 s"
