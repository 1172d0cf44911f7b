"""Lines without a space, letters with thousands of marks, and letters that turn the text around."""

TEXTS = (
    "x" * 40_000,
    "e" + "\u0301" * 20_000,
    "\U0001f469\u200d" * 10_000,
    "\u202e\u2066\u2067" * 6_000 + "end",
    "\ufdfd" * 10_000,
    "\u200b" * 20_000,
)
SOURCE = f"""
from IPython.display import HTML, display
for text in {TEXTS!r}:
    print("printed", text[:60_000])
    display(HTML(text[:60_000]), {{"text/plain": text[:60_000]}}, raw=False)
raise ValueError("raised " + {TEXTS[1]!r})
"""
CELLS = [("code", SOURCE), *(("markdown", text) for text in TEXTS)]
EVIDENCE = r"printed"
