"""Holds up whoever opens the installation's files, by leases, locks and watches on them."""

ANSWER = """
SET_LEASE, NOTIFY, SET_LOCK, SET_LOCK_OF_FILE = 1024, 1026, 6, 37
READ, WRITE = 0, 1
folders = [os.path.dirname(module.__file__) for module in (np, os)] + outside.owned
files = [np.__file__, os.__file__]
lock = (ctypes.c_short * 16)(READ)
for path in files:
    descriptor = os.open(path, os.O_RDONLY)
    for kind in (READ, WRITE):
        attempt("a lease", system_call, "fcntl", descriptor, SET_LEASE, kind)
    for command in (SET_LOCK, SET_LOCK_OF_FILE):
        attempt("a lock", system_call, "fcntl", descriptor, command, ctypes.byref(lock))
    for kind in (1, 2):
        attempt("a lock of the whole file", system_call, "flock", descriptor, kind)
for path in folders:
    attempt("a watch", system_call, "fcntl", os.open(path, os.O_RDONLY), NOTIFY, 0x8000003F)
"""
EVIDENCE = (
    "(?s)a lease was refused.*a lock was refused.*whole file was refused.*a watch was refused"
)
