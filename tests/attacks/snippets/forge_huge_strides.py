"""Answers with a single number that claims to be a trillion, and with a trillion of nothing."""

ANSWER = """
def target(f, x):
    if x.size == 3:
        return np.broadcast_to(1.0, (1 << 40,)), 0.0
    if x.size == 5:
        return np.zeros((0, 1 << 40)), 0.0
    return np.lib.stride_tricks.as_strided(x, (1 << 20, 1 << 20), (0, 0)), 0.0
"""
EVIDENCE = "target (raised|disturbed|ended|returned)|f of every entry"
