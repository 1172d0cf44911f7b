"""Closes every file of the process, the judge's channel among them, and goes on."""

from tests.attacks.course import HASTY_S

ANSWER = """
def target(f, x):
    os.closerange(0, 4096)
    while True:
        time.sleep(1)
"""
EVIDENCE = "target (ended the Python process|did not finish)"
TIMEOUT_S = HASTY_S
