"""Calls the function that the judge lends with arguments that might run, hang or break there."""

ANSWER = """
def target(f, x):
    answers = []
    thousands = ("x" * 10**5, [[[1]]] * 1000, np.zeros(10**4))
    for argument in (None, {"a": x}, f, object, 10**30, *thousands):
        for call in (lambda: f(argument), lambda: f(argument, argument), lambda: f(v=argument),
                     lambda: f(self=argument), lambda: f(**{"__class__": argument})):
            try:
                answers.append(type(call()).__name__)
            except Exception as error:
                answers.append(type(error).__name__)
    raise LookupError(f"{len(answers)} answers, {answers.count('ValueError')} refused")
"""
EVIDENCE = "LookupError: 40 answers, [1-9]"
