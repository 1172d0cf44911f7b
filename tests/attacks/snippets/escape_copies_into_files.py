"""Writes into the installation with calls that copy between descriptors, without write."""

ANSWER = """
source = os.open("source", os.O_CREAT | os.O_RDWR)
os.write(source, bytes(4096))
reader, writer = os.pipe()
for path in [np.__file__, os.__file__, *(f"{p}/ours.pth" for p in outside.owned)]:
    into = os.open(path, os.O_RDONLY)
    attempt("copy_file_range", system_call, "copy_file_range", source, None, into, None, 1, 0)
    attempt("sendfile", os.sendfile, into, source, 0, 1)
    attempt("splice", system_call, "splice", reader, None, into, None, 1, 0)
    attempt("tee", system_call, "tee", reader, into, 1, 0)
    attempt("fallocate", os.posix_fallocate, into, 0, 1 << 20)
    attempt("ftruncate", os.ftruncate, into, 0)
    attempt("pwrite", os.pwrite, into, b"x", 0)
    attempt("a clone", lambda: checked(libc.ioctl(into, 0x40049409, source)))
"""
EVIDENCE = (
    "(?s)copy_file_range was refused.*sendfile was refused.*fallocate was refused.*a clone was"
)
