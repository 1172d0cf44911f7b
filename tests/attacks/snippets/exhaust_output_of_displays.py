"""Shows thousands of tables, pictures and results, large ones and many small ones."""

from tests.attacks.course import PATIENT_S

ANSWER = """
from IPython.display import HTML, display

print("showing")
for number in range(1000):
    display(HTML("<b>x</b>" * 1000), {"image/png": "A" * 5000})
display(HTML("x" * 10**7))
"x" * 10**7
"""
EVIDENCE = "showing"
TIMEOUT_S = PATIENT_S
