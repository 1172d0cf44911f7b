"""Gives every file that it may read commands: to freeze, trim, relabel, clone or seal it."""

ANSWER = """
REQUESTS = dict(freeze=0xC0045877, thaw=0xC0045878, trim=0xC0185879, clone=0x40049409,
                range=0x4020940D, attributes=0x401C5820, label=0x41009432, same=0xC0189436,
                blocks=1, encrypt=0x800C6613, verity=0x40806685, secret=0x5412, terminal=0x540E,
                mark=0x40087602, owner=0x8901, shut=0x40045877)
COMMANDS = [5, 6, 7, 8, 10, 11, 12, 15, 36, 37, 38, 1024, 1026, 1031, 1033, 1036, 1038]
buffer = ctypes.create_string_buffer(512)
for path in (np.__file__, os.path.dirname(os.__file__), ".", *outside.owned):
    opened = os.open(path, os.O_RDONLY)
    for name, request in REQUESTS.items():
        attempt(f"the command {name}", lambda: checked(libc.ioctl(
            opened, ctypes.c_ulong(request), buffer)))
    for command in COMMANDS:
        attempt(f"the number {command}", system_call, "fcntl", opened, command, buffer)
"""
EVIDENCE = "(?s)the command freeze was refused.*the command shut was.*the number 1038 was refused"
