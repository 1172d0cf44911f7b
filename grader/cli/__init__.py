"""The command line: parse, call, show, exit code.

Lives here: one module for the commands, the terminal and what people see in it, `grader demo` and
`grader doctor`. Nothing below prints: progress and warnings are handed down as callables.

May import: every other room. Imported by: nothing but the entry point `grader`.
"""
