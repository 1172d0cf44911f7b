"""Lets a pipe send SIGKILL to others by making them its owner, where no call names a signal."""

ANSWER = """
SET_OWNER, SET_SIGNAL, SET_OWNER_EX = 8, 10, 15
reader, writer = os.pipe()
end, _ = socket.socketpair()
for process in {outside.judge, outside.sentinel, os.getppid()}:
    for signal_number in (signal.SIGKILL, signal.SIGSTOP):
        attempt(f"a signal {signal_number}", system_call, "fcntl", reader, SET_SIGNAL,
                int(signal_number))
        attempt(f"the owner {process}", system_call, "fcntl", reader, SET_OWNER, process)
        owner = (ctypes.c_int * 2)(1, process)
        attempt(f"the owner {process} by kind", system_call, "fcntl", reader, SET_OWNER_EX, owner)
        os.set_blocking(reader, False)
        libc.fcntl(reader, 4, os.O_ASYNC)
        os.write(writer, b"x")
for request in (0x8901, 0x8902):
    number = ctypes.c_int(outside.sentinel)
    attempt(f"an owner by {request:#x}",
            lambda: checked(libc.ioctl(end.fileno(), request, ctypes.byref(number))))
"""
EVIDENCE = "(?s)the owner .* was refused.*an owner by 0x8902 was refused"
