"""Has the judge copy as many numbers as it takes, as often as it takes them."""

ANSWER = """
def target(f, x):
    many = np.ones(110_000)
    while True:
        f(many)
"""
EVIDENCE = "target (did not finish|disturbed the connection|raised)"
