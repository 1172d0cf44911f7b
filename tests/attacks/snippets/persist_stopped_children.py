"""Leaves children that are stopped, zombies, and holders of the judge's channel."""

ANSWER = """
children = []
for kind in ("stopped", "zombie", "holder") * 3:
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        try:
            if kind == "stopped":
                signal.raise_signal(signal.SIGSTOP)
            if kind == "holder":
                time.sleep(60)
        finally:
            os._exit(0)
    children.append(child)
print("children", len(children))
"""
EVIDENCE = "children [1-9]"
