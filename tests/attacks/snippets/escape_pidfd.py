"""Takes handles on other processes, to signal them and to copy their open files."""

ANSWER = """
for process in (outside.judge, outside.sentinel, os.getppid(), 1):
    attempt(f"a handle on {process}", system_call, "pidfd_open", process, 0)
for number in range(16):
    attempt(f"a file by {number}", system_call, "pidfd_getfd", number, 3, 0)
"""
EVIDENCE = "(?s)a handle on 1 was refused.*a file by 15 was refused"
