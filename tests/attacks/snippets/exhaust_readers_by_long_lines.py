"""Ends the box beside a line of a hundred thousand assignments with names of every script."""

EXTRA = (
    """
"""
    + "a=1;é=a;名=é;ｆ=1;" * 9_000
)

ANSWER = """
def target(f, x):
    os._exit(3)
"""
EVIDENCE = r"target ended the Python process \(exit status 3\)"
