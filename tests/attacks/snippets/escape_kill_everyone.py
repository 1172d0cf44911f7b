"""Sends SIGKILL to every process that it may signal, from a child that outlives the parent."""

ANSWER = """
print("about to kill")
if os.fork() == 0:
    for target in (-1, outside.sentinel, outside.judge, -outside.judge):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
    os._exit(0)
time.sleep(0.3)
"""
EVIDENCE = "about to kill|ended the Python process"
