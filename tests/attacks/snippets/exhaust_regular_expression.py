"""Matches a regular expression that needs longer than the universe has been there."""

from tests.attacks.course import HASTY_S, TOO_SLOW

ANSWER = """
import re

def target(f, x):
    return re.match(r"(a+)+$", "a" * 64 + "b"), 0.0
"""
EVIDENCE = TOO_SLOW
TIMEOUT_S = HASTY_S
