"""Sends signals by the calls that are meant for threads, with forged senders."""

ANSWER = """
information = ctypes.create_string_buffer(128)
for process in (outside.judge, outside.sentinel, os.getppid()):
    for number in (signal.SIGCONT, signal.SIGTERM, signal.SIGKILL):
        attempt(f"tgkill {process}", system_call, "tgkill", process, process, number)
        attempt(f"tkill {process}", system_call, "tkill", process, number)
        for name in ("rt_sigqueueinfo", "rt_tgsigqueueinfo"):
            ids = (process,) if name == "rt_sigqueueinfo" else (process, process)
            attempt(f"{name} {process}", system_call, name, *ids, number, information)
"""
EVIDENCE = "(?s)tgkill .* was refused.*rt_tgsigqueueinfo .* was refused"
