"""Gives its process a name that is no text, so that whoever reads /proc fails on it."""

ANSWER = r"""
SET_NAME = 15
for name in (b"\xff\xfe", b"1) R 1 1\n", b"\nThreads:\t0"):
    libc.prctl(SET_NAME, name, 0, 0, 0)
    time.sleep(0.2)
print("named")
"""
EVIDENCE = "named"
