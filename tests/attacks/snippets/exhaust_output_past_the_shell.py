"""Sends the judge outputs that the box's own bounds never saw: too many, too large, too deep."""

ANSWER = """
import grader.box.inside.shell as shell

def flood(self):
    text = {"output_type": "stream", "name": "stdout", "text": "flood " * 30}
    return [text] * 4000

print("flooding")
shell.OutputLog.finished = flood
"""
EVIDENCE = "flood"
STOCK = ""
