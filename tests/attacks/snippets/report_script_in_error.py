"""An error whose type, text and source line are HTML, in a cell and in a call of a check."""

SOURCE = """
def fail():
    kind = type("<script>alert(1)</script>", (Exception,), {"__module__": "<img src=x>"})
    raise kind("<img src=x onerror=alert(2)>")
"""
CELLS = [("code", f"{SOURCE}fail()  # <svg onload=alert(3)>")]
ANSWER = f"{SOURCE}def target(f, x):\n    fail()"
EVIDENCE = (
    r"(?s)target raised <script>alert\(1\)</script>: <img src=x onerror=alert\(2\)>.*alert\(3\)"
)
