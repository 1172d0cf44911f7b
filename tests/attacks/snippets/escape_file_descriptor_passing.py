"""Sends the judge open files over its own channel, and asks it for some of its own."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    opened = [os.open("/dev/null", os.O_RDONLY) for _ in range(50)]
    end = socket.socket(fileno=os.dup(channel()))
    for _ in range(20):
        socket.send_fds(end, [b"C"], opened)
    data, received, _, _ = socket.recv_fds(end, 16, 50)
    raise LookupError(f"received {len(received)}")
"""
)
EVIDENCE = "target raised PermissionError"
STOCK = ""
