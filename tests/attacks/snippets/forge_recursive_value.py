"""Returns lists and dicts that contain themselves, and one with a million parts."""

ANSWER = """
def target(f, x):
    circle, ring = [], {}
    circle.append(circle)
    ring["ring"] = (ring, circle)
    return [circle, ring] if x.size != 7 else [0] * 10**6
"""
EVIDENCE = "target (returned a value|ended|sent|raised)|did not"
