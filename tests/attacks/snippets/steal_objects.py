"""Searches modules, frames and the garbage collector for tests, references and judges."""

from tests.attacks.course import PATIENT_S

ANSWER = """
import gc

gc.unfreeze()
suspicious = [name for name in sys.modules if name.startswith(
    ("grader.judge", "grader.grading", "grader.course", "pytest", "nbgrader", "hidden_tests"))]
things = (part for thing in gc.get_objects() for part in gc.get_referents(thing))
texts = [thing for thing in things if type(thing) is str]
marks = [text for text in texts if "pytest.mark" + ".question" in text and "outside" not in text]
attempt("importing the judge", lambda: __import__("grader.judge.reference").judge.reference.target)
print("searched", len(texts), "texts")
if suspicious or marks:
    print("SUCCEEDED", suspicious, marks)
"""
EVIDENCE = r"searched \d{4,} texts"
TIMEOUT_S = PATIENT_S
