"""Prints one line of 100 million characters, on both streams."""

ANSWER = """
line = "x" * 10**8
print("before")
print(line)
print(line, file=sys.stderr)
"""
EVIDENCE = "before"
