"""Calls the judge's function with its own, with itself, and from within its own answers."""

ANSWER = """
def target(f, x, depth=0):
    for argument in (target, f, lambda v: f(v), [f], {"f": f}, (target, [f])):
        try:
            f(argument)
        except Exception as error:
            kind = type(error).__name__
    value = x
    for _ in range(30):
        value = f(value)
    if depth < 20:
        return target(f, x, depth + 1)
    raise LookupError(f"nested, {kind}")
"""
EVIDENCE = "LookupError: nested, ValueError"
