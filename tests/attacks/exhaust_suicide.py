"""Kills its own process while a cell runs."""

ANSWER = """
os.kill(os.getpid(), signal.SIGKILL)
"""
EVIDENCE = r"The cell target ended the Python process"
