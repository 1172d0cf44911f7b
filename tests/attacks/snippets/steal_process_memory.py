"""Opens the memory, the environment and the command line of the judge and of its relatives."""

ANSWER = """
processes = ["self", 1, os.getppid(), outside.judge, outside.sentinel, *range(2, 40)]
for process in processes:
    for name in ("mem", "environ", "cmdline", "maps", "fd", "root", "task", "status"):
        path = f"/proc/{process}/{name}"
        reader = os.listdir if name in ("fd", "root", "task") else open
        try:
            reader(path)
        except OSError:
            continue
        print("SUCCEEDED", path)
print("opened none of", 8 * len(processes))
"""
EVIDENCE = r"opened none of \d+"
