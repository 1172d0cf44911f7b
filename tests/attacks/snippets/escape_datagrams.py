"""Writes to sockets in files with the end of a pair: a service's, the system log's, systemd's."""

ANSWER = """
def send(kind, path):
    end, _ = socket.socketpair(socket.AF_UNIX, kind)
    with end:
        return end.sendto(b"stolen", path)

for path in (outside.socket + "-datagrams", "/dev/log", "/run/systemd/notify"):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
        attempt(f"{kind.name} to {path}", send, kind, path)
for family in (2, 10, 16, 30, 40):
    ends = ctypes.create_string_buffer(8)
    attempt(f"a pair of family {family}", system_call, "socketpair", family, 2, 0, ends)
"""
EVIDENCE = "(?s)SOCK_DGRAM to .* was refused.*a pair of family 40 was refused"
