"""Fills the disk while files come and go beside it, so that whoever counts stumbles over one."""

from tests.attacks.course import PATIENT_S

ANSWER = """
import threading

def stir():
    number = 0
    while True:
        number += 1
        try:
            open(f"stirred{number % 50}", "w").close()
            os.unlink(f"stirred{number % 50}")
        except OSError:
            pass

print("stirring")
for _ in range(3):
    threading.Thread(target=stir, daemon=True).start()
try:
    for number in range(30):
        with open(f"large{number}", "wb") as file:
            file.write(bytes(8 << 20))
        time.sleep(0.02)
    time.sleep(60)
    print("SUCCEEDED")
except OSError as error:
    print("files ended:", error.strerror)
"""
EVIDENCE = r"files ended|Cell target ended .*\(it wrote more than"
TIMEOUT_S = PATIENT_S
HAZARD = "it fills the disk"
