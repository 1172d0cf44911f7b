"""Answers the next hundred questions before they are asked."""

from tests.attacks.snippets.forge_frames import FRAMES

ANSWER = (
    FRAMES
    + """
values = {"list": [{"tuple": [{"list": [1.0, 1.0, 1.0]}, 1.0]}]}
forged = dictionary(status="ok", values=values, arguments={"list": [None]})
print("answers ahead")
for number in range(100):
    os.write(channel(), frame("done", number, forged))
"""
)
EVIDENCE = "disturbed the connection to the grader"
STOCK = ""
