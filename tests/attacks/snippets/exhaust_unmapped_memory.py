"""Fills memory files and pipes, which belong to no process."""

ANSWER = """
def memory_files():
    files = [os.memfd_create(str(number)) for number in range(20)]
    for file in files:
        os.write(file, bytes(64 << 20))

def pipes():
    import fcntl
    ends = [os.pipe() for _ in range(500)]
    for reader, writer in ends:
        fcntl.fcntl(writer, 1031, 1 << 20)
        os.write(writer, bytes(1 << 20))

attempt("memory files", memory_files)
attempt("pipes", pipes)
"""
EVIDENCE = "(?s)memory files was refused.*pipes was refused"
HAZARD = "it takes all memory"
