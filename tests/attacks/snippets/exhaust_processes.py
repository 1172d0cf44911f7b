"""A fork bomb: every process forks for ever."""

from tests.attacks.course import HASTY_S

ANSWER = """
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
EVIDENCE = r"Cell target (did not finish|ended)"
TIMEOUT_S = HASTY_S
HAZARD = "a fork bomb"
