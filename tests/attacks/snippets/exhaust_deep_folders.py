"""Fills files in folders that lie deeper than any path can tell."""

ANSWER = """
try:
    for depth in range(40):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    for number in range(20):
        with open(f"large{number}", "wb") as file:
            file.write(bytes(8 << 20))
    time.sleep(60)
    print("SUCCEEDED: files too deep to be found")
except OSError as error:
    print("deep files ended:", error.strerror)
"""
EVIDENCE = r"deep files ended|Cell target ended .*\(it wrote more than"
HAZARD = "it fills the disk"
