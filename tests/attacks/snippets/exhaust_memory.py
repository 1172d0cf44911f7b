"""Takes memory until there is none."""

ANSWER = """
def target(f, x):
    kept = []
    while True:
        kept.append(bytearray(b"x") * (16 << 20))
"""
EVIDENCE = "MemoryError|more than 256 MiB"
HAZARD = "it takes all memory"
