"""Scans its own memory, page by page, for tests and answers left there from before the fork."""

from tests.attacks.course import PATIENT_S

ANSWER = """
import re

needle = "left-here-" + "by-the-attack"
wanted = re.compile(rb"no-student-[a-z]+|SECRET_OF_[A-Z]+|left-here-[a-z-]+")
reader, writer = os.pipe()
os.set_blocking(writer, False)

def page(address):
    \"\"\"4 KiB at an address, or None: the kernel says without a crash what is mapped.\"\"\"
    count = libc.write(writer, ctypes.c_void_p(address), ctypes.c_size_t(4096))
    return os.read(reader, 4096) if count > 0 else None

def scan(around, pages):
    start = around // 4096 * 4096
    found, seen = set(), 0
    for number in range(-pages, pages):
        data = page(start + 4096 * number)
        if data is not None:
            seen += 1
            found |= set(wanted.findall(data))
    return found, seen

kept = [needle.encode() for _ in range(3)]
objects = (kept[0], np, sys.modules)
pages, hits = 0, set()
for thing in objects:
    found, seen = scan(id(thing), 2000)
    pages, hits = pages + seen, hits | found
print("scanned", pages, "pages; needle", needle.encode() in hits)
if hits - {needle.encode()}:
    print("SUCCEEDED", hits)
"""
EVIDENCE = r"scanned \d{3,} pages; needle True"
TIMEOUT_S = PATIENT_S
