"""Ends the box beside a cell of empty lines, which take hours to read by a careless pattern."""

EXTRA = (
    """
empty = "read"
"""
    + "\n" * 95_000
)

ANSWER = """
def target(f, x):
    os._exit(3)
"""
EVIDENCE = r"target ended the Python process \(exit status 3\)"
