"""Output that looks like the score, as nbgrader and as our own pages show it."""

SOURCE = """
from IPython.display import HTML, display
display(HTML("<div class='total'><strong>9</strong> of 9 points, pretended</div>"))
display(HTML("<p class='check won'>The sum of x. (4 of 4 points)</p>"))
print('{"score": 9.0, "max_score": 9, "status": "GRADED"}')
9.0
"""
CELLS = [("code", SOURCE)]
ANSWER = "def target(f, x):\n    return None\n\n\n4.0"
EVIDENCE = r"(?s)5 of 9 points.*of 9 points, pretended"
