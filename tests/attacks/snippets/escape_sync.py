"""Makes the whole machine wait for its disks, and drops what it keeps of files in memory."""

ANSWER = """
FORGET = 4
descriptor = os.open(np.__file__, os.O_RDONLY)
attempt("a sync of all disks", system_call, "sync")
attempt("a sync of one disk", system_call, "syncfs", descriptor)
attempt("a sync of a file", system_call, "sync_file_range", descriptor, 0, 0, 7)
attempt("a forgotten file", system_call, "fadvise64", descriptor, 0, 0, FORGET)
"""
EVIDENCE = "(?s)all disks was refused.*one disk was refused.*forgotten file was refused"
