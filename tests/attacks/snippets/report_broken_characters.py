"""Characters that files, JSON or HTML cannot hold, or that turn the text around."""

TEXT = r"\ud800 \udfff \x00 \x0b \ufffe \uffff \u202e gro.live \u2028 \u2066 \x85 \U000e0041"
SOURCE = f"""
from IPython.display import HTML, display
text = "{TEXT}"
print("printed", text)
display(HTML("shown <b>" + text + "</b>"))
raise ValueError("raised " + text)
"""
CELLS = [("code", SOURCE), ("markdown", "text \u202e gro.live \x0b \x7f")]
ANSWER = f'def target(f, x):\n    raise ValueError("called {TEXT}")'
EVIDENCE = r"(?s)called.*printed.*shown.*raised"
