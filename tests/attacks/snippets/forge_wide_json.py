"""Fills a header of just the allowed size with as many objects as fit, to swell in memory."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    for number in range(1, 30):
        value = b"[" + b"{}," * 340_000 + b"0]"
        header = b'{"op": "done", "id": %d, "parts": [], "value": {"list": %s}}' % (number, value)
        os.write(channel(), struct.pack("!4sIQ", b"CRB1", len(header), 0) + header)
"""
)
EVIDENCE = r"target disturbed the connection to the grader"
STOCK = ""
