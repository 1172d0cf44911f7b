"""Reads what others have handed in, and their feedback."""

ANSWER = """
theirs = f"{outside.course}/submitted/somebody/{outside.assignment}/{outside.assignment}.ipynb"
attempt("a submission", lambda: open(theirs).read())
attempt("the list", os.listdir, f"{outside.course}/submitted")
attempt("feedback", os.listdir, f"{outside.course}/feedback/somebody")
attempt("from here", lambda: [open("../" * n + theirs[1:]).read() for n in range(12)])
"""
EVIDENCE = "(?s)a submission was refused.*from here was refused"
STOCK = """
theirs = f"{outside.course}/submitted/aaron/{outside.assignment}/{outside.assignment}.ipynb"
attempt("a submission", lambda: open(theirs).read())
"""
