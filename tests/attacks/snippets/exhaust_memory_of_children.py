"""Takes memory in many children, each of them below the bound of a single process."""

from tests.attacks.course import PATIENT_S

ANSWER = """
print("forking")
for _ in range(14):
    if os.fork() == 0:
        kept = bytearray(b"x") * (60 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""
EVIDENCE = "more than 256 MiB of memory|Resource temporarily unavailable"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes all memory"
