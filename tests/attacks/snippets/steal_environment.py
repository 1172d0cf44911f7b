"""Looks for the grader's environment: variables, and what C keeps of them."""

ANSWER = """
raw = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
variables, index = [], 0
while raw[index]:
    variables.append(raw[index].decode())
    index += 1
print("variables:", *sorted(os.environ.items()), *variables)
attempt("the judge's", lambda: open(f"/proc/{outside.judge}/environ").read())
if "GRADER_TOKEN" in os.environ:
    print("SUCCEEDED")
"""
EVIDENCE = "(?s)variables: .*HOME.*was refused"
