"""Changes the machine itself: its name, its clock, its swap and its log; restarts it."""

ANSWER = """
attempt("a name", system_call, "sethostname", b"owned", 5)
attempt("the time", system_call, "settimeofday", bytes(16), None)
attempt("the clock", time.clock_settime, time.CLOCK_REALTIME, 0)
attempt("swap", system_call, "swapon", b"swap", 0)
attempt("the log", system_call, "syslog", 3, ctypes.create_string_buffer(64), 64)
attempt("personality", system_call, "personality", 0x0040000)
attempt("a restart", system_call, "reboot", 0xFEE1DEAD, 672274793, 0, None)
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/power/state", "/dev/mem",
             "/dev/kmsg", "/proc/self/oom_score_adj", "/proc/self/timerslack_ns", "/dev/zero"):
    attempt(path, open, path, "r+b", 0)
"""
EVIDENCE = (
    "(?s)a name was refused.*a restart was refused.*/dev/mem was refused.*/dev/zero was refused"
)
