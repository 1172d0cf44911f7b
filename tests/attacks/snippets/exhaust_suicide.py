"""Kills its own process while a cell runs."""

ANSWER = """
signal.raise_signal(signal.SIGKILL)
"""
EVIDENCE = r"Cell target ended the Python process"
