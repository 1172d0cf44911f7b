"""Writes files, folders and names until the disk or its table of files is full."""

ANSWER = """
count = 0
try:
    while count < 100_000:
        with open(f"file{count}", "w") as file:
            file.write("x" * 4096)
        count += 1
except OSError as error:
    print("files ended at", count)
print("stopped by itself")
"""
EVIDENCE = r"files ended at \d{1,5}\n|Cell target (did not finish|.*\(it wrote more than)"
