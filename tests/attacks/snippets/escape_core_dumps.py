"""Makes itself dumpable and independent of its parent, to leave a core file and outlive a kill."""

ANSWER = """
PARENT_DEATH_SIGNAL, DUMPABLE = 1, 4
attempt("dumpable", system_call, "prctl", DUMPABLE, 1, 0, 0, 0)
attempt("independent", system_call, "prctl", PARENT_DEATH_SIGNAL, 0, 0, 0, 0)

def target(f, x):
    signal.raise_signal(signal.SIGQUIT)
"""
EVIDENCE = "(?s)dumpable was refused.*independent was refused"
