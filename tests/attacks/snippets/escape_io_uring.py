"""Sets up io_uring, whose operations seccomp does not see."""

ANSWER = """
parameters = ctypes.create_string_buffer(256)
for entries in (1, 8, 256):
    attempt(f"io_uring of {entries}", system_call, "io_uring_setup", entries, parameters)
"""
EVIDENCE = "io_uring of 256 was refused"
