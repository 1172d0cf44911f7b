"""Sends signals of all kinds to the judge, to a neighbour, to parents and to their groups."""

ANSWER = """
import threading

SIGNALS = (signal.SIGTERM, signal.SIGSTOP, signal.SIGUSR1, signal.SIGHUP, signal.SIGKILL)
for process in (outside.sentinel, outside.judge):
    for number in SIGNALS:
        attempt(f"{number.name} to {process}", os.kill, process, number)
        attempt(f"{number.name} to group {process}", os.killpg, process, number)
    attempt("tgkill", lambda: checked(libc.tgkill(process, process, signal.SIGKILL)))
    attempt("sigqueue", lambda: checked(libc.sigqueue(process, signal.SIGKILL, None)))
"""
EVIDENCE = "(?s)SIGTERM to .* was refused.*SIGKILL to group .* was refused.*sigqueue was refused"
