"""Fills memory files, unlinked tmpfs files and pipes, which belong to no process."""

ANSWER = """
def memory_files():
    files = [os.memfd_create(str(number)) for number in range(20)]
    for file in files:
        os.write(file, bytes(64 << 20))

def unlinked_files():
    kept = []
    for number in range(10):
        kept.append(os.open(f"gone{number}", os.O_CREAT | os.O_RDWR))
        os.unlink(f"gone{number}")
        os.write(kept[-1], bytes(16 << 20))

def pipes():
    import fcntl
    ends = [os.pipe() for _ in range(500)]
    for reader, writer in ends:
        fcntl.fcntl(writer, 1031, 1 << 20)
        os.write(writer, bytes(1 << 20))

attempt("memory files", memory_files)
try:
    unlinked_files()
    print("unlinked files fit")
except OSError as error:
    print("unlinked files ended:", error.strerror)
attempt("pipes", pipes)
"""
EVIDENCE = "(?s)memory files was refused.*unlinked files .*pipes was refused"
HAZARD = "it takes all memory"
