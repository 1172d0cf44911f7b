"""Leaves siblings instead of children: processes whose parent is whoever started the box."""

ANSWER = """
PARENT = 0x8000
made = 0
for _ in range(3):
    child = libc.syscall(NUMBERS["clone"][os.uname().machine != "x86_64"],
                         PARENT | signal.SIGCHLD, 0, 0, 0, 0)
    if child == 0:
        libc.setsid()
        libc.sleep(60)
        os._exit(0)
    made += child > 0
print("siblings", made)
"""
EVIDENCE = r"siblings [0-3]"
