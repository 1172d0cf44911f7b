"""Connects to an abstract UNIX socket, which no file permission protects."""

ANSWER = """
def connect(kind):
    with socket.socket(socket.AF_UNIX, kind) as caller:
        caller.connect("\\0" + outside.abstract)

for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    attempt(kind.name, connect, kind)
one, other = socket.socketpair()
attempt("a pair's end", one.connect, "\\0" + outside.abstract)
"""
EVIDENCE = "(?s)SOCK_STREAM was refused.*a pair's end was refused"
