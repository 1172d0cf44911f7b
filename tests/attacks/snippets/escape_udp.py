"""Sends a datagram to the machine's loopback, and asks a name server on the internet."""

ANSWER = """
def send(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b"stolen", (address, port))

attempt("loopback", send, "127.0.0.1", outside.udp_port)
attempt("the internet", send, "192.0.2.1", 53)
attempt("a name", socket.getaddrinfo, "example.org", 80)
"""
EVIDENCE = "(?s)loopback was refused.*a name was refused"
