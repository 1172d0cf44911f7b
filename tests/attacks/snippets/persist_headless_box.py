"""Ends the first thread of the box and hangs up, while another thread of it goes on."""

ANSWER = """
import threading

def go_on():
    time.sleep(0.05)
    os.closerange(0, 256)
    while True:
        time.sleep(1)

threading.Thread(target=go_on).start()
print("going on")
system_call("exit", 0)
"""
EVIDENCE = "Cell target ended the Python process"
