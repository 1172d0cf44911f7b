"""Crashes the process: reads address zero, jumps nowhere, frees what is not its own."""

ANSWER = """
def target(f, x):
    ctypes.string_at(0)
"""
EVIDENCE = r"target ended the Python process \(it was killed by SIGSEGV\)"
