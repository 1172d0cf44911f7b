"""Gives the kernel rules without number to keep: of Landlock and of seccomp."""

ANSWER = """
handled = (ctypes.c_uint64 * 2)(1, 3)
attempt("a set of rules", system_call, "landlock_create_ruleset", handled, 16, 0)
attempt("a filter", system_call, "seccomp", 1, 0, None)
"""
EVIDENCE = "(?s)a set of rules was refused.*a filter was refused: PermissionError"
