"""Attaches to the judge, to its parent and to its children as a debugger."""

ANSWER = """
ATTACH, SEIZE, TRACE_ME = 16, 0x4206, 0
for process in (outside.judge, outside.sentinel, os.getppid(), 1):
    attempt(f"attach {process}", lambda: checked(libc.ptrace(ATTACH, process, 0, 0)))
    attempt(f"seize {process}", lambda: checked(libc.ptrace(SEIZE, process, 0, 0)))
attempt("trace me", lambda: checked(libc.ptrace(TRACE_ME, 0, 0, 0)))
"""
EVIDENCE = "(?s)attach .* was refused.*trace me was refused"
