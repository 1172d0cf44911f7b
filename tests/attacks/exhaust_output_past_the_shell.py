"""Sends the judge outputs that the box's own bounds never saw: too many, too large, too deep."""

ANSWER = """
import grader.box.shell as shell

def flood(self):
    text = {"output_type": "stream", "name": "stdout", "text": "flood " * 100}
    return [text] * 100_000

print("flooding")
shell.OutputLog.finished = flood
"""
EVIDENCE = "flood"
