"""Ends the Python process from within the function that is graded."""

ANSWER = """
def target(f, x):
    os._exit(7)
"""
EVIDENCE = r"target ended the Python process \(exit status 7\)"
