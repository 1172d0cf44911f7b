"""Describes arrays with negative, fractional, enormous and contradictory shapes."""

ANSWER = """
import grader.box.protocol as protocol

SHAPES = ([-1], [2**62, 2**62], [0, 2**63], [1.5], ["3"], [[3]], [10**6] * 16, [3] * 64, [True])
turn = 0

def absurd(self, value, depth=0):
    global turn
    turn += 1
    shape = SHAPES[turn % len(SHAPES)]
    return {"array": self._add(["<f8", *shape], bytes(24))}

def target(f, x):
    protocol.Encoder.encode = absurd
    return x, 0.0
"""
EVIDENCE = r"target disturbed the connection to the grader"
STOCK = ""
