"""Takes processor time, priority and cores away from the judge and from a neighbour."""

ANSWER = """
import resource

for process in {outside.judge, outside.sentinel, os.getppid()} - {1}:
    attempt(f"limits of {process}", resource.prlimit, process, resource.RLIMIT_CPU, (1, 1))
    attempt(f"priority of {process}", os.setpriority, os.PRIO_PROCESS, process, 19)
    attempt(f"cores of {process}", os.sched_setaffinity, process, {0})
    idle = os.sched_param(0)
    attempt(f"turns of {process}", os.sched_setscheduler, process, os.SCHED_IDLE, idle)
    attempt(f"disk turns of {process}", system_call, "ioprio_set", 1, process, 3 << 13)
"""
EVIDENCE = "(?s)limits of .* was refused.*disk turns of .* was refused"
