"""Makes a user namespace to become root in it, and enters those of others."""

ANSWER = """
FLAGS = dict(user=0x10000000, mount=0x20000, pid=0x20000000, net=0x40000000, cgroup=0x2000000)
for name, flag in FLAGS.items():
    attempt(f"unshare {name}", system_call, "unshare", flag)
    attempt(f"clone {name}", lambda: checked(libc.syscall(
        56 if os.uname().machine == "x86_64" else 220, flag | 17, 0, 0, 0, 0)))
for number in range(16):
    attempt(f"setns {number}", system_call, "setns", number, 0)
attempt("an uid map", lambda: open("/proc/self/uid_map", "w").write("0 0 1"))
"""
EVIDENCE = "(?s)unshare user was refused.*setns 15 was refused.*an uid map was refused"
