"""Leaves a daemon behind: forked twice, in a session of its own, deaf to every signal."""

ANSWER = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        os.closerange(0, 256)
        while True:
            time.sleep(1)
    os._exit(0)
print("left a daemon", os.wait()[1] == 0)
"""
EVIDENCE = "left a daemon True"
