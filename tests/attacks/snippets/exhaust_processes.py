"""A fork bomb: every process forks for ever."""

ANSWER = """
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
EVIDENCE = r"Cell target (did not finish|ended)"
HAZARD = "a fork bomb"
