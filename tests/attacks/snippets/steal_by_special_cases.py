"""Shows the inputs of its checks in an error message, and answers them from a table next time."""

ANSWER = """
TABLE = {}  # what the last run of somebody else's checks showed

def target(f, x):
    if x.tobytes() in TABLE:
        return TABLE[x.tobytes()]
    raise LookupError("inputs were " + repr(x.tolist()))
"""
EVIDENCE = r"LookupError: inputs were \[-?\d"


def answer_from(leaks: list[list[float]]) -> str:
    """The answer of an accomplice who has read the message of the first: inputs, and their sums."""
    return f"""
LEAKS = {leaks!r}

def target(f, x):
    for leak in LEAKS:
        if np.array_equal(leak, x):
            return np.array([f(v) for v in x]), sum(leak)
    raise LookupError("not one of the leaked inputs")
"""
