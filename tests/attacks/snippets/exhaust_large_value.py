"""Returns arrays of hundreds of megabytes, by broadcasting a single number."""

from tests.attacks.course import PATIENT_S

ANSWER = """
def target(f, x):
    return np.broadcast_to(1.0, (5000, 5000)), np.ones(20_000_000, bool)
"""
EVIDENCE = "target (disturbed the connection to the grader|raised MemoryError|ended)"
TIMEOUT_S = PATIENT_S
