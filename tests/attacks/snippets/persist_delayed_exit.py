"""Ends the process a moment later, so that an honest function takes the blame."""

ANSWER = """
import threading

def watch():
    while not any(f.f_code.co_name == "after" for f in sys._current_frames().values()):
        time.sleep(0)
    os._exit(5)

threading.Thread(target=watch).start()
threading.Timer(0.05, os._exit, [6]).start()
print("armed")
"""
EVIDENCE = "armed|exit status [56]"
