"""Starts children that end at once and waits for none, until no process can start."""

ANSWER = """
made = 0
try:
    while made < 1000:
        if os.fork() == 0:
            os._exit(0)
        made += 1
    print("SUCCEEDED:", made, "zombies")
except OSError as error:
    print("children ended at", made)
"""
EVIDENCE = r"children ended at \d+|more than 16 processes"
HAZARD = "it uses up the machine's processes"
