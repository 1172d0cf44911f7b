"""Values and errors that a spreadsheet would compute: = + - @, tabs, quotes and line ends."""

TEXT = (
    '=1+1\n@SUM(A1:A9)\n\t=cmd|\'/c calc\'!A0\r\n+cmd|x\n-2+3\n",=HYPERLINK("http://evil.example")'
)
CELLS = [("code", f"print({TEXT!r})\n{TEXT!r}")]
ANSWER = f"def target(f, x):\n    raise type('=1+1', (Exception,), {{}})({TEXT!r})"
EVIDENCE = r"(?s)target raised =1\+1: =1\+1"
