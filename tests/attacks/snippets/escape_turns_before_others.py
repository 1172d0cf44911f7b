"""Makes itself real-time, idle-proof and more important than all other processes."""

ANSWER = """
for name in ("SCHED_FIFO", "SCHED_RR"):
    attempt(name, os.sched_setscheduler, 0, getattr(os, name), os.sched_param(1))
attempt("a better turn", os.setpriority, os.PRIO_PROCESS, 0, -5)
attempt("a nicer turn", os.nice, -5)
attempt("turns of the disk", system_call, "ioprio_set", 1, 0, 1 << 13)
import resource
for kind in (resource.RLIMIT_RTPRIO, resource.RLIMIT_NICE):
    attempt("a limit", resource.setrlimit, kind, (10, 10))
"""
EVIDENCE = "(?s)SCHED_FIFO was refused.*a better turn was refused.*a limit was refused"
