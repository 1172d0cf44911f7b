"""Makes itself dumpable and independent of its parent, to leave a core file and outlive a kill."""

ANSWER = """
PARENT_DEATH_SIGNAL, DUMPABLE = 1, 4
attempt("dumpable", system_call, "prctl", DUMPABLE, 1, 0, 0, 0)
import resource
attempt("no limit on dumps", resource.setrlimit, resource.RLIMIT_CORE, (0, 0))
attempt("no limit by process", resource.prlimit, 0, resource.RLIMIT_CORE, (0, 0))
attempt("independent", system_call, "prctl", PARENT_DEATH_SIGNAL, 0, 0, 0, 0)

def target(f, x):
    signal.raise_signal(signal.SIGQUIT)
"""
EVIDENCE = (
    "(?s)dumpable was refused.*on dumps was refused.*by process was refused.*"
    "independent was refused"
)
