"""The command line: parse, call, show, exit code.

Lives here: one module for each command in `commands/`, the terminal and its tables, and the work of
`grader demo` and `grader doctor`. Only this room prints: other rooms report to a `Listener`.

May import: every other room. Imported by: nothing but the entry point `grader`.
"""
