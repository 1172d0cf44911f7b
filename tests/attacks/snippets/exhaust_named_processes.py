"""Takes memory in processes whose names look like what the kernel tells of other processes."""

from tests.attacks.course import PATIENT_S

ANSWER = """
NAME = 15
print("forking")
for name in (b") R 1 1 (", b"x\\nThreads:\\t0", b"RssAnon: 0 kB", b"", b") Z 0 0"):
    if os.fork() == 0:
        libc.prctl(NAME, name, 0, 0, 0)
        kept = bytearray(b"x") * (100 << 20)
        time.sleep(60)
time.sleep(60)
"""
EVIDENCE = "more than 256 MiB of memory"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes all memory"
