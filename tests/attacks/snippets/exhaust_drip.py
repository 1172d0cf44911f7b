"""Answers one byte at a time, each just before patience ends."""

from tests.attacks.course import HASTY_S, WAITED
from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    message = frame("done", 1, None) * 100
    for number in range(len(message)):
        os.write(channel(), message[number : number + 1])
        time.sleep(0.2)
"""
)
EVIDENCE = WAITED
TIMEOUT_S = HASTY_S
STOCK = ""
