"""Outputs that look like source code with its colours, which keeps the classes that it has."""

SOURCE = """
from IPython.display import HTML, display
for kind in ("full-credit", "highlight full-credit", "highlight hl-x full-credit", "mark-graded"):
    display(HTML(f'<div class="{kind}"><pre>Click me</pre></div>'))
    display(HTML(f'<div class="highlight hl-x"><pre><span class="{kind}">Click</span></pre></div>'))
display(HTML('<div class="highlight hl-x"><pre><span class="n" id="x">Click</span></pre></div>'))
display(HTML('<div class="highlight hl-x full-credit"><pre></pre></div>\\nClick'))
"""
CELLS = [("code", SOURCE)]
EVIDENCE = r"(?s)Click me.*Click"
