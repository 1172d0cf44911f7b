"""Leaves its root: chroot and the way back up, and pivot_root."""

ANSWER = """
os.makedirs("jail", exist_ok=True)
attempt("chroot", os.chroot, "jail")
attempt("chroot up", os.chroot, "/")
for _ in range(30):
    os.chdir("..")
attempt("the course", os.listdir, outside.course)
attempt("pivot_root", system_call, "pivot_root", b".", b".")
"""
EVIDENCE = "(?s)chroot was refused.*the course was refused.*pivot_root was refused"
