"""Ends the box beside a cell that is nested more deeply than its reader can go."""

EXTRA = (
    """
try:
    eval("(" * 150 + ")" * 150)
except (SyntaxError, MemoryError, RecursionError):
    print("deep")
def deep(): return """
    + "-" * 60_000
    + """1
"""
    + "[" * 40_000
    + "]" * 40_000
)

ANSWER = """
def target(f, x):
    os._exit(3)
"""
EVIDENCE = r"target ended the Python process \(exit status 3\)"
