"""Leaves System V and POSIX objects in the kernel: memory, semaphores and queues."""

ANSWER = """
import multiprocessing.shared_memory

for name in ("shmget", "semget", "msgget"):
    arguments = (0x5EC, 1, 0o1666) if name == "semget" else (0x5EC, 4096, 0o1666)
    arguments = arguments[::2] if name == "msgget" else arguments
    attempt(name, lambda: checked(getattr(libc, name)(*arguments)))
attempt("shm_open", multiprocessing.shared_memory.SharedMemory, outside.mark, True, 4096)
name = outside.mark.encode()
attempt("a queue", system_call, "mq_open", name, os.O_CREAT | os.O_RDWR, 0o666, None)
attempt("a semaphore", multiprocessing.Semaphore, 1)
"""
EVIDENCE = "(?s)shmget was refused.*a semaphore was refused"
