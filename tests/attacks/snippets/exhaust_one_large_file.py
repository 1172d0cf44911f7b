"""Writes one file until the disk is full."""

ANSWER = """
written = 0
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("large", "wb", 0) as file:
        while written < 1 << 36:
            written += file.write(bytes(4 << 20))
except OSError as error:
    print("the file ended at", written >> 20, "MiB:", type(error).__name__)
"""
# of 64 MiB, the watch may see a block more: what a file system takes for its own
EVIDENCE = r"the file ended at (\d|[1-6]\d) MiB|it wrote more than 64 MiB"
