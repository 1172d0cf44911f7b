"""Sets alarms and timers that strike long after the cell has ended."""

ANSWER = """
import threading

def strike(*_):
    while True:
        time.sleep(1)

signal.signal(signal.SIGVTALRM, strike)
signal.setitimer(signal.ITIMER_VIRTUAL, 30)
signal.signal(signal.SIGALRM, strike)
signal.alarm(30)
threading.Timer(30, os.killpg, [0, signal.SIGKILL]).start()
print("alarm in", signal.alarm(30))
"""
EVIDENCE = "alarm in (29|30)"
