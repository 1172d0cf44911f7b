"""Has the judge copy as many numbers as it takes, as often as it takes them."""

from tests.attacks.course import HASTY_S

ANSWER = """
def target(f, x):
    many = np.ones(110_000)
    while True:
        f(many)
"""
EVIDENCE = "target (did not finish|called a function that it was given|raised)"
TIMEOUT_S = HASTY_S
