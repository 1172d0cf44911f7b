"""Names files by handles, watches whole disks, and charges others' quotas and accounts."""

ANSWER = """
handle = (ctypes.c_int * 40)(128)
mount = ctypes.c_int()
for path in (b"/", b".", np.__file__.encode()):
    attempt("a handle", system_call, "name_to_handle_at", -100, path, handle,
            ctypes.byref(mount), 0)
    attempt("its file", system_call, "open_by_handle_at", -100, handle, 0)
attempt("a watch of the disk", system_call, "fanotify_init", 0, 0)
attempt("quotas", system_call, "quotactl", 0x800007 << 8, b"/dev/vda", os.getuid(), handle)
attempt("accounts", system_call, "acct", b"accounts")
"""
EVIDENCE = "(?s)a handle was refused.*a watch of the disk was refused.*accounts was refused"
