"""Spends the time of the whole submission: a cell above the questions sleeps in every box."""

ANSWER = """
os._exit(1)
"""
EXTRA = """
time.sleep(2.5)
print("slept")
"""
EVIDENCE = "slept|and without number 2"
