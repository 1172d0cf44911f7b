"""Listens to raw frames and packets of every interface."""

ANSWER = """
def listen(*arguments):
    with socket.socket(*arguments) as listener:
        listener.settimeout(0.1)
        return listener.recv(65536)

attempt("frames", listen, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
attempt("ICMP", listen, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
attempt("ping", listen, socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
"""
EVIDENCE = "(?s)frames was refused.*ping was refused"
