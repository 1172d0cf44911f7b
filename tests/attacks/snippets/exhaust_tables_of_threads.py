"""Fills sockets, and lets threads keep them that have open files of their own, out of sight."""

from tests.attacks.course import PATIENT_S

ANSWER = """
MEMORY, SIGNALS, THREAD = 0x100, 0x800, 0x10000  # without CLONE_FILES

def keep():
    stack = ctypes.create_string_buffer(1 << 16)
    top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 16) - 64)
    pause = ctypes.cast(libc.sleep, ctypes.c_void_p)
    checked(libc.clone(pause, top, MEMORY | SIGNALS | THREAD, 60))
    return stack

print("filling")
kept = []
for _ in range(4):
    ends = []
    for _ in range(100):
        ends += socket.socketpair()
        for end in ends[-2:]:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
            end.setblocking(False)
            end.send(bytes(150_000))
    kept.append(keep())
    for end in ends:
        end.close()
time.sleep(60)
print("SUCCEEDED: sockets that nobody sees")
"""
EVIDENCE = "more than .* MiB of memory"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes gigabytes"
