"""Texts that parsers of Markdown, HTML and errors read for minutes: each is short."""

TABLE = "|a" * 120 + "|\n" + "|-" * 120 + "|\n" + "|x\n" * 20_000
SOURCE = """
from IPython.display import HTML, display
print("printed")
display(HTML("<ul><li>" * 60_000), HTML("<div>" * 60_000), HTML("&" * 300_000))
raise ValueError("<ipython-input-" * 60_000)
"""
TEXTS = (TABLE, "a" + " " * 60_000 + "b", "[" * 60_000, "![" * 60_000, "[a](" * 60_000)
CELLS = [("code", SOURCE), *(("markdown", text) for text in TEXTS)]
EVIDENCE = r"printed"
