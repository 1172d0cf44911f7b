"""What runs beside student code, and nothing else: the runner and its IPython shell.

May import: `grader.box.protocol`, `grader.box.channel`, `grader.box.terminal`, and nothing else of
ours. Imported by: `grader.box.jail`; `grader.box.launch` starts it by name.
"""
