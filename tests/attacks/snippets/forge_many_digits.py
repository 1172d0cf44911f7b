"""Answers with numbers of a million digits, which take hours to read, in values and in frames."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
sys.set_int_max_str_digits(0)

def target(f, x):
    if x.size == 3:
        return 10**50_000, 7**60_000
    header = b'{"op": "done", "id": 1, "parts": [], "value": ' + b"9" * 900_000 + b"}"
    os.write(channel(), struct.pack("!4sIQ", b"CRB1", len(header), 0) + header)
    return None
"""
)
EVIDENCE = "an enormous int|disturbed the connection"
STOCK = ""
