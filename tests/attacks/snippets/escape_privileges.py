"""Becomes root or somebody else: uids, gids, groups, capabilities, file modes."""

ANSWER = """
for number in (0, 1000, 65534):
    attempt(f"uid {number}", os.setuid, number)
    attempt(f"gid {number}", os.setgid, number)
    attempt(f"all uids {number}", os.setresuid, number, number, number)
attempt("groups", os.setgroups, [0])
open("mine", "w").close()
attempt("chown", os.chown, "mine", 0, 0)
attempt("a device", os.mknod, "disk", 0o60666, os.makedev(8, 0))
attempt("host name", socket.sethostname, "taken")
attempt("priority", os.nice, -5)
attempt("limits", lambda: __import__("resource").setrlimit(7, (1 << 20, 1 << 20)))
capabilities = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
attempt("capabilities", lambda: checked(libc.capset(header, capabilities)))
"""
EVIDENCE = "(?s)uid 0 was refused.*capabilities was refused"
