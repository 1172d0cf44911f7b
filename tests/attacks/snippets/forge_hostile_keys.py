"""Answers with dicts whose keys collide, repeat, or are named like the parts of an answer."""

ANSWER = """
def target(f, x):
    colliding = {n * (2**61 - 1): 0.0 for n in range(8)}
    named = {"status": "ok", "values": [1], "arguments": [None], "array": 0, "list": [], "dict": {}}
    return {**named, **colliding}, [named, {"callback": 0}, {"rng": ["x", 1]}, {"unknown": "float"}]
"""
EVIDENCE = "target (returned|disturbed)|should be|type"
