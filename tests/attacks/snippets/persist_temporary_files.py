"""Leaves files where every process of the machine may write."""

ANSWER = """
def leave(folder):
    path = f"{folder}/{outside.mark}"
    with open(path, "w") as file:
        file.write("left by an attack")
    return path

PUBLIC = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/run", outside.temporary, "/dev/mqueue")
for folder in PUBLIC:
    attempt(folder, leave, folder)
"""
EVIDENCE = "(?s)/tmp was refused.*/dev/mqueue was refused"
