"""Leaves files mapped, half written and growing while the box is ended."""

ANSWER = """
import mmap, threading

file = open("grows", "w+b")
file.truncate(1 << 20)
shared = mmap.mmap(file.fileno(), 1 << 20)

def write():
    while True:
        shared[:4096] = os.urandom(4096)
        try:
            open(f"grown{os.urandom(1)[0]}", "wb").write(b"x")
        except OSError:
            pass
        time.sleep(0.001)

threading.Thread(target=write, daemon=True).start()
print("growing", os.fork() >= 0)
"""
EVIDENCE = "growing True"
