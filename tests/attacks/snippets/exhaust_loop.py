"""Loops for ever and ignores every signal that would stop it."""

from tests.attacks.course import HASTY_S, TOO_SLOW

ANSWER = """
def target(f, x):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
EVIDENCE = TOO_SLOW
TIMEOUT_S = HASTY_S
