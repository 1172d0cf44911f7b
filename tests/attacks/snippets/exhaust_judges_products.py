"""Asks the judge's function for what takes its memory or its time: long, wide and slow arrays."""

ANSWER = """
def target(f, x):
    refused = 0
    for argument in ([np.ones(500_000, np.int8)] * 3, (np.ones(400_000, np.int8),) * 9,
                     np.ones((300, 300), np.float16), np.ones((1, 9000), np.longdouble)):
        try:
            f(argument)
        except ValueError as error:
            refused += "so many numbers" in str(error)
    raise LookupError(f"the judge refused {refused}")
"""
EVIDENCE = "the judge refused 2"
