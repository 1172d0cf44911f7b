"""Outputs of kinds and with metadata that the page of a notebook would build elements of."""

SOURCE = """
from IPython.display import display
BUTTON = "<div class='full-credit'>Click me</div>"
KINDS = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg",
         "application/javascript", "application/json", "application/pdf", "text/plain",
         "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json",
         "text/html; charset=utf-8", "TEXT/HTML", "text/x" + BUTTON)
print("printed")
for kind in KINDS:
    marks = {kind: {"width": "1' class='full-credit", "height": BUTTON, "alt": BUTTON,
                    "unconfined": True, "isolated": True, "filenames": {kind: BUTTON}},
             "filenames": {kind: BUTTON}, "tags": ["full-credit"], "scrapbook": BUTTON}
    display({kind: BUTTON, "text/plain": "shown"}, raw=True, metadata=marks)
lists = {"text/html": [BUTTON, BUTTON], "image/png": [BUTTON], "text/plain": "shown"}
display(lists, raw=True, transient={"id": BUTTON})
display({"text/plain": BUTTON}, raw=True, display_id=BUTTON)
"""
CELLS = [("code", SOURCE)]
EVIDENCE = r"(?s)printed.*shown"
