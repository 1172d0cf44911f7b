"""Starts programs: setuid ones, shells, the interpreter, and one that it has written itself."""

ANSWER = """
import shutil, subprocess

with open(os.open("program", os.O_CREAT | os.O_WRONLY, 0o777), "wb") as file:
    file.write(b"#!/bin/sh\\ntrue\\n")
PROGRAMS = ("/bin/su", "/usr/bin/sudo", "/usr/bin/passwd", "/bin/sh", sys.executable, "./program")
for program in PROGRAMS:
    attempt(program, lambda: subprocess.run([program, "--version"], check=True, timeout=1))
    attempt(f"spawning {program}", os.posix_spawn, program, [program], {})
loader = "/lib64/ld-linux-x86-64.so.2"
attempt("the loader", os.execv, loader, [loader, "./program"])
attempt("a shell", lambda: os.popen("echo").read())
attempt("system", lambda: 1 / (os.system("true") == 0))
"""
EVIDENCE = "(?s)/bin/su was refused.*system was refused"
