"""Starts threads until no more can be started, and keeps them."""

ANSWER = """
import threading

stacks = []
threading.stack_size(64 << 20)
try:
    while True:
        thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
        thread.start()
        stacks.append(thread)
except (RuntimeError, MemoryError) as error:
    print("threads ended at", len(stacks), type(error).__name__)
"""
EVIDENCE = r"threads ended at \d\d? "
HAZARD = "it starts threads until the machine has no more"
