"""Markup that our own terminal output, and our own templates, would obey."""

TEXT = "[bold red on white]x[/] [link=http://evil.example]y[/link] [/] {{ 7 * 7 }} {% raw %} ${7}"
CELLS = [("code", f"print({TEXT!r})"), ("markdown", TEXT)]
ANSWER = f"def target(f, x):\n    raise ValueError({TEXT!r})"
EVIDENCE = r"(?s)target raised ValueError: \[bold red on white\].*\{\{ 7 \* 7 \}\} \{% raw %\}"
