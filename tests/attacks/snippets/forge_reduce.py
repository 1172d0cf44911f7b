"""Returns objects that run a command when somebody unpickles them."""

ANSWER = """
class Command(dict):
    def __reduce__(self):
        return (os.system, (f"touch {outside.course}/unpickled",))
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __reduce__

def target(f, x):
    import pickle
    return [Command(), pickle.dumps(Command()), np.array([Command()], object)]
"""
EVIDENCE = "target returned a value of type|but it has 3"
