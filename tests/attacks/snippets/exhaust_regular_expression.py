"""Matches a regular expression that needs longer than the universe has been there."""

ANSWER = """
import re

def target(f, x):
    return re.match(r"(a+)+$", "a" * 64 + "b"), 0.0
"""
EVIDENCE = "target did not finish within 1 s"
