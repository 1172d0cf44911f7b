"""Loops for ever at the top of a cell, deaf to interrupts."""

from tests.attacks.course import HASTY_S, TOO_SLOW

ANSWER = """
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    pass
"""
EVIDENCE = TOO_SLOW
TIMEOUT_S = HASTY_S
