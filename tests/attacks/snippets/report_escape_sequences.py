"""Control characters and escape sequences, to the terminal of whoever grades."""

TEXT = r"\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b1m\x08\x7f\x00\r\x1b]8;;http://evil.example\x07"
SOURCE = f"""
import sys
for stream in (sys.stdout, sys.stderr):
    stream.write("printed {TEXT}\\n")
raise type("Error{TEXT}", (Exception,), {{}})("raised {TEXT}")
"""
CELLS = [("code", SOURCE)]
ANSWER = f"def target(f, x):\n    raise ValueError('called {TEXT}')"
EVIDENCE = r"(?s)called.*printed.*raised"
