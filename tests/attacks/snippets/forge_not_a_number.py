"""Returns NaN and infinity, which no comparison with a tolerance seems to refuse."""

ANSWER = """
def target(f, x):
    return np.full_like(x, np.nan), np.inf
"""
EVIDENCE = "but it should be a finite number"
