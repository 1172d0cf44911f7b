"""Sends the judge a question, an answer to nothing, and calls of functions never given."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
def target(f, x):
    for number in range(1, 50):
        for index in (-1, 7, 10**9, True, None):
            value = {"list": [index, {"list": []}, {"dict": {}}]}
            os.write(channel(), frame("callback", number, value))
        os.write(channel(), frame("execute", number, "1"))
    return None
"""
)
EVIDENCE = "target disturbed the connection to the grader"
STOCK = ""
