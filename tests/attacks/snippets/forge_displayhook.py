"""Shows a number as the result of a check cell, where a grader might read partial credit."""

ANSWER = """
def generous(lines):
    is_check = any("assert" in line and "target" in line for line in lines)
    return ["import sys; sys.displayhook(4.0)"] if is_check else lines

get_ipython().input_transformers_cleanup.append(generous)
sys.displayhook(4.0)
print("shown")
"""
EVIDENCE = "shown"
STOCK = """
def target(f, x):
    sys.displayhook(4.0)
    raise SystemExit
"""
