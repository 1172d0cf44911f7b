"""Runs a program from memory, where no file system forbids it."""

ANSWER = """
attempt("memfd", os.memfd_create, "program")
attempt("memfd by number", system_call, "memfd_create", b"program", 0)
attempt("secret memory", system_call, "memfd_secret", 0)
nameless = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o700)
os.write(nameless, b"#!/bin/sh\\ntrue\\n")
attempt("a file without a name", os.execve, nameless, ["program"], {})
"""
EVIDENCE = "(?s)memfd was refused.*a file without a name was refused"
