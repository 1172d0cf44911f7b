"""Leaves children that are stopped, zombies, and holders of the judge's channel."""

ANSWER = """
children = []
for kind in ("stopped", "zombie", "holder") * 3:
    child = os.fork()
    if child == 0:
        if kind == "stopped":
            signal.raise_signal(signal.SIGSTOP)
        if kind == "holder":
            time.sleep(60)
        os._exit(0)
    children.append(child)
print("children", len(children))
"""
EVIDENCE = "children 9"
