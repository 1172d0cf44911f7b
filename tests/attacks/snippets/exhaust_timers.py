"""Makes timers and queues signals without end, which count against the whole account."""

ANSWER = """
made = 0
number = ctypes.c_int()
try:
    while made < 100_000:
        checked(libc.timer_create(1, None, ctypes.byref(number)))
        made += 1
    print("SUCCEEDED:", made, "timers")
except OSError as error:
    print("timers ended:", error.strerror)
"""
EVIDENCE = "timers ended"
HAZARD = "it uses up the account's timers"
