"""Connects to UNIX sockets in files: a service beside the course, and the system's own."""

ANSWER = """
def connect(path):
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)

for path in (outside.socket, "/var/run/docker.sock", "/run/systemd/private", "/dev/log"):
    attempt(path, connect, path)
pair, _ = socket.socketpair()
attempt("a pair's end", pair.sendto, b"stolen", outside.socket)
attempt("a pair's end, again", pair.connect, outside.socket)
"""
EVIDENCE = "(?s)door was refused.*a pair's end was refused"
