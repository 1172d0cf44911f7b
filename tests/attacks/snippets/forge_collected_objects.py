"""Finds every object of the process by the garbage collector, and sets what looks like points."""

from tests.attacks.course import PATIENT_S

ANSWER = """
import gc

gc.unfreeze()
changed = 0
for thing in gc.get_objects():
    if isinstance(thing, dict) and type(thing) is dict:
        for name in ("points", "score", "passed", "max_points", "status"):
            if name in thing and isinstance(thing[name], (int, float)):
                thing[name] = 4.0
                changed += 1
print("looked at", len(gc.get_objects()), "objects, changed", changed)
"""
EVIDENCE = r"looked at \d{4,} objects"
TIMEOUT_S = PATIENT_S
