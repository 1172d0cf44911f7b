"""Registers code for the end of the process, of its threads and of its objects."""

ANSWER = """
import atexit, gc, threading, weakref

def leave_a_trace():
    for folder in (outside.home, outside.temporary, outside.course, "/tmp", "/dev/shm"):
        try:
            open(f"{folder}/{outside.mark}", "w").close()
        except OSError:
            pass
    while True:
        time.sleep(1)

class Last:
    def __del__(self):
        leave_a_trace()

atexit.register(leave_a_trace)
threading._register_atexit(leave_a_trace)
signal.signal(signal.SIGTERM, lambda *_: leave_a_trace())
last = Last()
weakref.finalize(last, leave_a_trace)
print("registered", atexit._ncallbacks() > 0)
"""
EVIDENCE = "registered True"
