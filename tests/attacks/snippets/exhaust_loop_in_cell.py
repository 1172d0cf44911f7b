"""Loops for ever at the top of a cell, deaf to interrupts."""

ANSWER = """
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    pass
"""
EVIDENCE = "target did not finish within 1 s"
