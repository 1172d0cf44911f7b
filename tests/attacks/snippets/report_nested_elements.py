"""HTML and Markdown that are nested deeply enough to stop whoever reads them recursively."""

SOURCE = """
from IPython.display import HTML, display
display(HTML("deep <b>" + "<div>" * 20_000 + "bottom"))
display(HTML("wide " + "<b>" * 20_000 + "<table><tr><td>" * 2_000 + "bottom"))
"""
CELLS = [
    ("code", SOURCE),
    ("markdown", "> " * 20_000 + "quoted"),
    ("markdown", "- " * 5_000 + "listed"),
    ("markdown", "*" * 50_000 + "starred" + "[" * 50_000 + "(" * 50_000 + "`" * 20_001),
]
EVIDENCE = r"(?s)deep.*wide"
