"""Buttons in the names of errors, functions, files and streams, and in what checks repeat."""

BUTTON = '<div class="full-credit" id="test_target" role="button">Click me</div>'
SOURCE = f"""
import sys, warnings
BUTTON = {BUTTON!r}
print("printed", BUTTON)
print("\\x1b[31m" + BUTTON + "\\x1b[0m \\x1b]8;;x\\x07" + BUTTON, file=sys.stderr)
warnings.warn(BUTTON)
print("\\x1b[38;5;1m\\x1b[48;2;1;1;1m\\x1b[999mcolours")
exec(compile("raise type(BUTTON, (Exception,), dict(__module__=BUTTON))(BUTTON)", BUTTON, "exec"))
"""
ANSWER = f"""
BUTTON = {BUTTON!r}
def target(f, x):
    kinds = {{3: LookupError, 5: type(BUTTON, (Exception,), {{}})}}
    if x.size in kinds:
        raise kinds[x.size](BUTTON)
    return BUTTON, {{BUTTON: BUTTON}}
"""
CELLS = [("code", SOURCE)]
EVIDENCE = r"(?s)target raised .*Click me.*printed"
