"""Stays in compiled code, where no Python signal is heard: a power of integers, a sum, a sort."""

from tests.attacks.course import HASTY_S, TOO_SLOW

ANSWER = """
def target(f, x):
    return 7 ** (7 ** 12), 0.0
"""
EVIDENCE = TOO_SLOW
TIMEOUT_S = HASTY_S
