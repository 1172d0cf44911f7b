"""Calls the host of this virtual machine over AF_VSOCK."""

ANSWER = """
def call(cid):
    with socket.socket(getattr(socket, "AF_VSOCK", 40), socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        caller.connect((cid, 22))

for cid in (0, 1, 2):
    attempt(f"cid {cid}", call, cid)
"""
EVIDENCE = "cid 2 was refused"
