"""Asks the kernel about interfaces, routes and audit over netlink."""

ANSWER = """
def listen(protocol):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as asker:
        asker.bind((0, 0))
        asker.send(b"\\x14\\0\\0\\0\\x12\\0\\x01\\x03" + bytes(12))
        return asker.recv(4096)

for protocol in (0, 4, 9, 12, 15, 16):
    attempt(f"netlink {protocol}", listen, protocol)
"""
EVIDENCE = "(?s)netlink 0 was refused.*netlink 16 was refused"
