"""The command line: parse, call, show, exit code.

Lives here: one module for each command in `commands/`, the terminal and what people see in it,
`grader demo` and `grader doctor`. Only this room prints: those below are handed a `Listener`.

May import: every other room. Imported by: nothing but the entry point `grader`.
"""
