"""Asks to handle page faults itself, which has opened kernels before."""

ANSWER = """
for flags in (0, 1, os.O_CLOEXEC, os.O_NONBLOCK | 1):
    attempt(f"userfaultfd {flags}", system_call, "userfaultfd", flags)
attempt("its device", os.open, "/dev/userfaultfd", os.O_RDWR)
attempt("the kernel's memory", os.open, "/dev/mem", os.O_RDONLY)
attempt("its log", os.open, "/dev/kmsg", os.O_RDONLY)
attempt("a terminal", os.open, "/dev/tty", os.O_RDWR)
attempt("a new terminal", os.openpty)
attempt("fuse", os.open, "/dev/fuse", os.O_RDWR)
"""
EVIDENCE = "(?s)userfaultfd 0 was refused.*fuse was refused"
