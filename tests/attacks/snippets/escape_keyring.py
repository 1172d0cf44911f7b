"""Leaves a message in the kernel's keyrings, and reads the keys that are there."""

ANSWER = """
SESSION, USER, USER_SESSION, READ, SEARCH = -3, -4, -5, 11, 10
name = outside.mark.encode()
for ring in (SESSION, USER, USER_SESSION):
    attempt(f"a key in {ring}", system_call, "add_key", b"user", name, b"x", 1, ring)
    attempt(f"reading {ring}", system_call, "keyctl", READ, ring, None, 0)
    attempt(f"searching {ring}", system_call, "keyctl", SEARCH, ring, b"user", b"x", 0)
"""
EVIDENCE = "(?s)a key in -3 was refused.*searching -5 was refused"
