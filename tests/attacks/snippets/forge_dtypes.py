"""Describes bytes as objects, records, dates and texts that a careless reader would build."""

ANSWER = """
import grader.box.protocol as protocol

DTYPES = ("|O", "O", "<f8,O", "[('a', 'O')]", "|V8", "<U99999999", "|S8", "<M8[s]", "object")
turn = 0

def absurd(self, value, depth=0):
    global turn
    turn += 1
    spec = [DTYPES[turn % len(DTYPES)], 3]
    return {"array": self._add(spec, bytes(24))}

def target(f, x):
    protocol.Encoder.encode = absurd
    return x, 0.0
"""
EVIDENCE = r"target disturbed the connection to the grader"
STOCK = ""
