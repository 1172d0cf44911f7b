"""Peeks at what the judge has sent and not yet asked, and at who is at the other end."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    end = socket.socket(fileno=os.dup(channel()))
    who = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    end.setblocking(False)
    try:
        seen = end.recv(1 << 20, socket.MSG_PEEK)
    except BlockingIOError:
        seen = b""
    if b"test_" in seen or b"expected" in seen:
        print("SUCCEEDED", seen)
    attempt("who is there", os.kill, who[0] or 1, 0) if who[0] not in (0, os.getpid()) else None
    raise LookupError(f"{len(seen)} bytes are waiting")
"""
)
EVIDENCE = "LookupError: 0 bytes are waiting"
STOCK = ""
