"""Uses and removes System V objects and queues of others, by number and by name."""

ANSWER = """
REMOVE, INFO = 0, 3
buffer = ctypes.create_string_buffer(512)
for number in range(8):
    for name in ("shmctl", "msgctl"):
        attempt(f"{name} {number}", system_call, name, number, REMOVE, buffer)
    attempt(f"semctl {number}", system_call, "semctl", number, 0, REMOVE, 0)
    attempt(f"semop {number}", system_call, "semop", number, buffer, 1)
attempt("kinds", system_call, "shmctl", 0, INFO, buffer)
attempt("a queue", system_call, "mq_unlink", outside.mark.encode())
"""
EVIDENCE = "(?s)shmctl 0 was refused.*kinds was refused: PermissionError"
