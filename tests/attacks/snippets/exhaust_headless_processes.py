"""Takes memory in processes whose first thread has ended, so that the kernel shows none of it."""

from tests.attacks.course import PATIENT_S

ANSWER = """
import threading

def fill():
    time.sleep(0.1)
    kept = []
    for _ in range(12):
        kept.append(bytearray(b"x") * (8 << 20))
    os.write(full, b"x")
    time.sleep(60)

waiting, full = os.pipe()
print("forking")
for _ in range(5):
    if os.fork() == 0:
        threading.Thread(target=fill, daemon=True).start()
        system_call("exit", 0)
for _ in range(5):
    os.read(waiting, 1)
time.sleep(60)
print("SUCCEEDED: processes without a first thread")
"""
EVIDENCE = "more than 256 MiB of memory"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes all memory"
