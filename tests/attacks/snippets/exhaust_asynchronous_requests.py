"""Takes the requests that all processes of the machine together may have in flight."""

ANSWER = """
context = ctypes.c_ulong()
for size in (1, 1 << 15):
    attempt(f"{size} requests", system_call, "io_setup", size, ctypes.byref(context))
"""
EVIDENCE = "(?s)1 requests was refused.*32768 requests was refused"
HAZARD = "it uses up the machine's requests"
