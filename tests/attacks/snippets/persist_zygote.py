"""Reaches for the process that it was forked from: its channel, its files and its folders."""

ANSWER = """
parents = {os.getppid(), 1, 2, outside.judge}
for process in parents:
    for name in ("fd/3", "fd/4", "mem", "exe", "cwd", "root"):
        attempt(f"{process} {name}", os.open, f"/proc/{process}/{name}", os.O_RDWR)
attempt("its home", os.listdir, outside.temporary)
attempt("its scratch", lambda: os.listdir(os.path.dirname(os.environ["HOME"]) + "/../tmp"))
import gc, grader.box.jail.zygote as zygote
servers = [thing for thing in gc.get_objects() if type(thing).__name__ in ("_Server", "Zygote")]
print("found", len(servers), "servers")
for server in servers:
    attempt("its socket", lambda: server._socket.send(b"kill"))
zygote._Server.serve = zygote._Server._fork = lambda *arguments: "SUCCEEDED"
"""
EVIDENCE = "(?s)fd/3 was refused.*its home was refused"
STOCK = ""
