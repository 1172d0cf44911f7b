"""Raises errors whose names and texts are long and repeat what their readers look for."""

ANSWER = """
class Long(Exception):
    pass

Long.__name__ = Long.__qualname__ = "<ipython-input-" * 20_000

def target(f, x):
    kinds = {3: "<ipython-input-", 5: "\\x1b[0;31m", 7: "at line 1 ", 4: "  "}
    raise Long(kinds[x.size] * 20_000)
"""
EVIDENCE = r"target raised <ipython-input-"
