"""Makes events, timers and notices in many processes, each of which is memory of the kernel."""

ANSWER = """
def fill():
    made = 0
    for make in (lambda: libc.eventfd(0, 0), lambda: libc.timerfd_create(1, 0)):
        for _ in range(300):
            made += make() >= 0
    return made

notices = [libc.inotify_init1(0) for _ in range(3)]
waiting, full = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        os.write(full, bytes([fill() < 256]))
        os._exit(0)
bounded = [os.read(waiting, 1) for _ in range(4)]
print("events are bounded:", bounded == [bytes([1])] * 4, "notices:", notices)
"""
EVIDENCE = r"events are bounded: True notices: \[-1, -1, -1\]"
HAZARD = "it takes memory of the kernel"
