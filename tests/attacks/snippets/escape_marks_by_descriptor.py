"""Locks everybody out of the installation through descriptors that were opened for reading."""

ANSWER = """
GET_FLAGS, SET_FLAGS, SET_VERSION = 0x80086601, 0x40086602, 0x40087602
paths = [np.__file__, os.__file__, os.path.dirname(os.__file__), *outside.owned]
for path in paths:
    descriptor = os.open(path, os.O_RDONLY)
    attempt(f"mode of {path}", os.fchmod, descriptor, 0)
    attempt(f"owner of {path}", os.fchown, descriptor, os.getuid(), os.getgid())
    attempt(f"times of {path}", os.utime, descriptor, (1, 1))
    attempt(f"label of {path}", os.setxattr, descriptor, "user.stolen", b"1")
    attempt(f"no label of {path}", os.removexattr, descriptor, "user.stolen")
    flags = ctypes.c_long(0x10)
    for request in (GET_FLAGS, SET_FLAGS, SET_VERSION):
        attempt(f"flags of {path}",
                lambda: checked(libc.ioctl(descriptor, request, ctypes.byref(flags))))
"""
EVIDENCE = "(?s)mode of .* was refused.*label of .* was refused.*flags of .* was refused"
