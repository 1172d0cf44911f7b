"""Cuts its memory into the smallest pieces in many processes: each is memory of the kernel."""

from tests.attacks.course import PATIENT_S

ANSWER = """
import mmap

def cut():
    memory = mmap.mmap(-1, 96 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    start, count = ctypes.addressof(ctypes.c_char.from_buffer(memory)), 0
    while count < 12_000 and libc.mprotect(ctypes.c_void_p(start + 8192 * count), 4096, 1) == 0:
        count += 1
    return count

print("cutting")
children = [os.fork() for _ in range(2)]
print("pieces ended at", cut())
if 0 in children:
    os._exit(0)
"""
EVIDENCE = r"pieces ended at \d+|more than 256 MiB"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes memory of the kernel"
