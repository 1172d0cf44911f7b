"""Has the judge compute with enormous numbers: powers, strings and repeated lists."""

ANSWER = """
def target(f, x):
    for argument in (2**63, "x" * 500_000, [0] * 50_000, 10**18, (1,) * 50_000):
        for _ in range(20):
            try:
                f(argument)
            except ValueError:
                pass
    raise LookupError("the judge still answers")
"""
EVIDENCE = "the judge still answers|target did not finish"
