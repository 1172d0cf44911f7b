"""Sends the judge JSON nested deeper than a parser's stack."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    header = b'{"op": "done", "id": 1, "parts": [], "value": ' + b"[" * 400_000 + b"]" * 400_000
    os.write(channel(), struct.pack("!4sIQ", b"CRB1", len(header) + 1, 0) + header + b"}")
    time.sleep(9)
"""
)
EVIDENCE = r"target disturbed the connection to the grader"
STOCK = ""
