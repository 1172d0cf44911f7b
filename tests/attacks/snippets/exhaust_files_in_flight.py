"""Fills files that have no name and that no process holds: they are on their way to a socket."""

ANSWER = """
kept = []
try:
    for number in range(20):
        one, other = socket.socketpair()
        kept += [one, other]
        file = os.open(f"gone{number}", os.O_CREAT | os.O_RDWR)
        os.unlink(f"gone{number}")
        os.write(file, bytes(16 << 20))
        socket.send_fds(one, [b"x"], [file])
        os.close(file)
    time.sleep(60)
    print("SUCCEEDED: files in flight")
except OSError as error:
    print("files in flight ended:", error.strerror)
"""
EVIDENCE = "files in flight ended"
HAZARD = "it fills the disk"
