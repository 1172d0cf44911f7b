"""Reads and writes the judge's memory with system calls made for debuggers."""

ANSWER = """
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

buffer = ctypes.create_string_buffer(64)
local = Vector(ctypes.addressof(buffer), 64)
remote = Vector(id(object), 64)
for process in (outside.judge, outside.sentinel, os.getppid()):
    for name in ("process_vm_readv", "process_vm_writev"):
        attempt(f"{name} {process}", system_call, name, process, ctypes.byref(local), 1,
                ctypes.byref(remote), 1, 0)
"""
EVIDENCE = "(?s)process_vm_readv .* was refused.*process_vm_writev .* was refused"
