"""Opens files until the process, or the whole machine, can open no more."""

ANSWER = """
opened = []
try:
    while True:
        opened += os.pipe()
except OSError as error:
    print("descriptors ended at", len(opened))
"""
EVIDENCE = r"descriptors ended at (\d\d?|1\d\d|2[0-5]\d)\n"
