"""Calls a server on the machine's own loopback, over IPv4 and IPv6."""

ANSWER = """
def call(family, host):
    with socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        caller.connect((host, outside.port))

attempt("IPv4", call, socket.AF_INET, "127.0.0.1")
attempt("IPv6", call, socket.AF_INET6, "::ffff:127.0.0.1")
"""
EVIDENCE = "(?s)IPv4 was refused.*IPv6 was refused"
