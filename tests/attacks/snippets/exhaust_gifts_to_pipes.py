"""Gives a pipe one small page of each large one, which keeps all of it in memory, unseen."""

ANSWER = """
import mmap

class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

def give(writer):
    large = 2 << 20
    memory = mmap.mmap(-1, 2 * large, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_HUGEPAGE)
    view = ctypes.c_char.from_buffer(memory)
    start = -ctypes.addressof(view) % large
    memory[start : start + large] = bytes(large)
    page = Vector(ctypes.addressof(view) + start, 4096)
    del view
    return system_call("vmsplice", writer, ctypes.byref(page), 1, 0)

reader, writer = os.pipe()
attempt("a gift", give, writer)
"""
EVIDENCE = "a gift was refused"
HAZARD = "it takes all memory"
