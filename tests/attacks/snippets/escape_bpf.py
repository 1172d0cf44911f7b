"""Loads a program into the kernel, and asks for its performance counters."""

ANSWER = """
attributes = ctypes.create_string_buffer(256)
for command in range(12):
    attempt(f"bpf {command}", system_call, "bpf", command, attributes, 128)
attempt("counters", system_call, "perf_event_open", attributes, 0, -1, -1, 0)
attempt("a kernel", system_call, "kexec_load", 0, 0, None, 0)
"""
EVIDENCE = "(?s)bpf 0 was refused.*counters was refused"
