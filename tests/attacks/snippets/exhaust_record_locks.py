"""Takes locks on every other byte of a file, each of which is memory of the kernel."""

ANSWER = """
import fcntl
file = open("locked", "w+b")
attempt("a lock on a byte", fcntl.lockf, file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
try:
    for place in range(0, 1 << 24, 2):
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    print("SUCCEEDED: locks on every other byte")
except OSError as error:
    print("locks ended:", error.strerror)
"""
EVIDENCE = "a lock on a byte was refused"
HAZARD = "it takes memory of the kernel"
