"""Fills files without a name, which no look into the scratch folder finds."""

ANSWER = """
kept = []
try:
    for number in range(10):
        kept.append(os.open(f"gone{number}", os.O_CREAT | os.O_RDWR))
        os.unlink(f"gone{number}")
        os.write(kept[-1], bytes(16 << 20))
    time.sleep(60)
    print("SUCCEEDED: unlinked files")
except OSError as error:
    print("unlinked files ended:", error.strerror)
"""
EVIDENCE = r"unlinked files ended|Cell target ended .*\(it wrote more than"
HAZARD = "it takes all memory"
