"""Queues signals to itself that it never takes, which count against the whole account."""

ANSWER = """
signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 65))
queued = 0
while queued < 5000 and libc.sigqueue(os.getpid(), 40, None) == 0:
    queued += 1
print("signals ended at", queued)
"""
EVIDENCE = r"signals ended at (0|\d\d|1\d\d|2[0-5]\d)\n"
HAZARD = "it uses up the account's signals"
