"""Blocks and ignores all signals in every thread, and stops itself and its parent by turns."""

ANSWER = """
import threading

def rest():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        time.sleep(1)

for _ in range(3):
    threading.Thread(target=rest, daemon=True).start()
if os.fork() == 0:
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    for number in (signal.SIGSTOP, signal.SIGTSTP):
        try:
            os.kill(os.getpid(), number)
        except OSError:
            pass
    time.sleep(60)
    os._exit(0)
print("resting", threading.active_count())
"""
EVIDENCE = r"resting [4-9]"
