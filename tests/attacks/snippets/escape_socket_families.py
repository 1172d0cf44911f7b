"""Opens sockets of every family that the kernel may have, of every type."""

ANSWER = """
opened = []
for family in range(1, 64):
    for kind in (1, 2, 3, 5, 10):
        for protocol in (0, 15, 768):
            try:
                socket.socket(family, kind, protocol).close()
                print("SUCCEEDED", family, kind, protocol)
            except OSError:
                opened.append(None)
print("refused", len(opened), "of", 63 * 5 * 3)
"""
EVIDENCE = "refused 945 of 945"
