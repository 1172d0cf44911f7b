"""Starts threads that go on working while other questions are graded, and after that."""

ANSWER = """
import threading

def work():
    while True:
        np.dot(np.ones((50, 50)), np.ones((50, 50)))
        time.sleep(0.01)

for _ in range(5):
    threading.Thread(target=work, daemon=False).start()
print("threads", threading.active_count())
"""
EVIDENCE = r"threads ([6-9]|\d\d)"
