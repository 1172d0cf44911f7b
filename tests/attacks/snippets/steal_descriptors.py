"""Reads every inherited file descriptor, and climbs from one to the folders above."""

ANSWER = """
import stat

opened, readable = [], 0
for number in range(1024):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    opened.append(number)
    if stat.S_ISDIR(mode):
        print("SUCCEEDED: a folder", number)
    if stat.S_ISREG(mode):
        try:
            data = os.pread(number, 1 << 20, 0)
        except OSError:
            continue
        readable += 1
        print("SUCCEEDED" if b"def test_" in data or b"sqlite" in data else "a harmless file")
print("descriptors", opened)
for number in opened:
    if not stat.S_ISCHR(os.fstat(number).st_mode):  # /dev/null is everybody's
        attempt(f"/proc/self/fd/{number}", os.open, f"/proc/self/fd/{number}", os.O_RDWR)
        attempt(f"/dev/fd/{number}", os.open, f"/dev/fd/{number}", os.O_RDWR)
attempt("the folder above", os.open, "/proc/self/cwd/..", os.O_RDONLY)
"""
EVIDENCE = r"descriptors \[0, 1, 2"
