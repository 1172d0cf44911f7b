"""Asks the judge's function with arrays that hold nothing, and whose sums and products are huge."""

ANSWER = """
def target(f, x):
    refused = 0
    for shape in ((5000, 0, 5000), (0, 2000, 2000), (9000, 0, 9000, 0), (0, 1 << 26)):
        try:
            f(np.zeros(shape))
        except ValueError as error:
            refused += "so many numbers" in str(error)
    raise LookupError(f"the judge refused {refused}")
"""
EVIDENCE = "the judge refused 4"
