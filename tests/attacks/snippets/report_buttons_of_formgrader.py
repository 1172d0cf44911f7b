"""An answer and an output that look to the page's script like its own buttons."""

BUTTON = (
    '<div class="full-credit mark-graded" id="test_target" name="score" role="button" '
    'data-toggle="modal" aria-label="x" onclick="x()">Click me</div>'
)
SOURCE = f"""
from IPython.display import HTML, Latex, display
print("printed")
display(HTML({BUTTON!r}), Latex(r"$\\class{{full-credit}}{{5}}$"))
"""
CELLS = [("code", SOURCE), ("markdown", BUTTON + "\n\n$\\class{full-credit}{5}$")]
EVIDENCE = r"(?s)printed.*Click me.*Click me"
