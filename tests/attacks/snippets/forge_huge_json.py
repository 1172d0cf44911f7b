"""Announces a header of four gigabytes and a body of an exabyte, and starts to send them."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    os.write(channel(), struct.pack("!4sIQ", b"CRB1", 2**32 - 1, 2**60))
    while True:
        os.write(channel(), b'{"value": [' + b"0," * 100_000)
"""
)
EVIDENCE = r"target disturbed the connection to the grader"
STOCK = ""
