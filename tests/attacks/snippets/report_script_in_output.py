"""Outputs of every kind that carry a script."""

SOURCE = """
from IPython.display import HTML, Javascript, Latex, Markdown, display, display_html
SCRIPT = "<script>alert(1)</script>"
for kind in (HTML, Latex, Markdown):
    display(kind(f"shown {kind.__name__} {SCRIPT}<img src=x onerror=alert(1)>"))
display(Javascript("alert(1)"))
SVG = f"<svg onload='alert(1)'>{SCRIPT}</svg>"
display({"image/svg+xml": SVG, "text/plain": "shown SVG"}, raw=True)
display({"text/html": f"shown raw <iframe srcdoc='{SCRIPT}'></iframe>"}, raw=True)
display({"image/png": f'">{SCRIPT}', "text/plain": "shown png"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {SCRIPT: SCRIPT}, SCRIPT: SCRIPT}, raw=True)
print("shown in print", SCRIPT)
class Shown:
    def _repr_html_(self): return f"shown in repr <b onclick='alert(1)'>b</b>{SCRIPT}"
Shown()
"""
CELLS = [("code", SOURCE)]
EVIDENCE = (
    r"(?s)shown HTML.*shown SVG.*shown raw.*shown png.*shown in print <script>.*shown in repr"
)
