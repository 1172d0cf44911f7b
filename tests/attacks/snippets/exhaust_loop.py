"""Loops for ever and ignores every signal that would stop it."""

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
EVIDENCE = "target did not finish within 1 s"
