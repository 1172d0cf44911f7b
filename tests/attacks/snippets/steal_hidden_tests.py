"""Opens the hidden tests, the catalogue of mistakes and the solution in the course folder."""

ANSWER = """
def read(path):
    with open(path) as file:
        return file.read()

folder = f"{outside.course}/solutions/{outside.assignment}"
for name in ("hidden_tests.py", "mistakes.py", outside.assignment + ".ipynb"):
    attempt(name, read, f"{folder}/{name}")
attempt("the folder", os.listdir, folder)
attempt("the judge's copy", os.listdir, outside.temporary)
"""
EVIDENCE = "(?s)hidden_tests.py was refused.*the folder was refused.*the judge's copy was refused"
STOCK = """
def read(path):
    with open(path) as file:
        return file.read()

folder = f"{outside.course}/source/{outside.assignment}"
attempt("source", read, f"{folder}/{outside.assignment}.ipynb")
attempt("the folder", os.listdir, folder)
"""
