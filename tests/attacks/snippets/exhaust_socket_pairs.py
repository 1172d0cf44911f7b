"""Fills pairs of sockets in many processes: memory that belongs to no process."""

from tests.attacks.course import PATIENT_S

ANSWER = """
def fill():
    kept = []
    try:
        while True:
            kept.append(socket.socketpair())
            for end in kept[-1]:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
                end.setblocking(False)
                end.send(bytes(150_000))
    except OSError:
        os.write(full, b"x")
        time.sleep(60)

waiting, full = os.pipe()
for number in range(3):
    if os.fork() == 0:
        fill()
for number in range(3):
    os.read(waiting, 1)
time.sleep(60)
print("SUCCEEDED: three processes full of sockets")
"""
EVIDENCE = "more than .* MiB of memory"
TIMEOUT_S = PATIENT_S
HAZARD = "it takes gigabytes"
