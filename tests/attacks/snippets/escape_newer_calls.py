"""Lists mounts and reaches for files and processes by calls that Linux has only had for a while."""

ANSWER = """
buffer = ctypes.create_string_buffer(4096)
request = (ctypes.c_uint32 * 6)(24, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0)
attempt("the mounts", system_call, "listmount", request, buffer, 100, 0)
attempt("a mount", system_call, "statmount", request, buffer, 4096, 0)
attempt("a tree", system_call, "open_tree_attr", -100, b"/", 1, None, 0)
attempt("quotas", system_call, "quotactl_fd", 0, 0, 0, None)
attempt("memory of the dead", system_call, "process_mrelease", 3, 0)
"""
EVIDENCE = "(?s)the mounts was refused.*memory of the dead was refused"
