"""Makes pipes larger, and fills them in many processes: memory that belongs to no process."""

ANSWER = """
SET_PIPE_SIZE = 1031
reader, writer = os.pipe()
attempt("a larger pipe", system_call, "fcntl", writer, SET_PIPE_SIZE, 1 << 20)

def fill():
    kept = []
    while True:
        try:
            kept.append(os.pipe())
        except OSError:
            break
        os.set_blocking(kept[-1][1], False)
        try:
            while True:
                os.write(kept[-1][1], bytes(4096))
        except BlockingIOError:
            pass
    time.sleep(60)

for number in range(10):
    if os.fork() == 0:
        fill()
"""
EVIDENCE = "a larger pipe was refused"
HAZARD = "it uses up the account's memory for pipes"
