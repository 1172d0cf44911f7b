"""Twenty thousand outputs of one cell, for a page that nobody can open."""

SOURCE = """
from IPython.display import HTML, display
for number in range(20_000):
    display(HTML(f"<table><tr><td>{number}</td></tr></table>"))
"""
CELLS = [("code", SOURCE)] * 3
EVIDENCE = r"(?s)\b0\b.*\b1\b.*\b2\b"
