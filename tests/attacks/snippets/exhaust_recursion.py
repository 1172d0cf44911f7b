"""Recurses without end, with no limit left on the depth, until the stack is gone."""

ANSWER = """
def target(f, x):
    sys.setrecursionlimit(10**9)
    def deeper(n):
        return deeper(n + 1) + 1
    return [deeper(0)] * 2

class Nested:
    def __repr__(self):
        return repr(self)

print("deep")
"""
EVIDENCE = "target (ended the Python process|raised|did not finish)"
