"""Forks while a function is graded: the child answers too, and later, on the same channel."""

ANSWER = """
def target(f, x):
    os.fork()
    os.fork()
    return x * 0, 0.0
"""
EVIDENCE = "f of every entry|disturbed the connection to the grader|the sum of x"
