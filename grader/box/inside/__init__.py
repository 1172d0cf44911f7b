"""What runs beside student code, and nothing else: the runner and its IPython shell.

May import: `grader.box.protocol`, `grader.box.channel`. Imported by: `grader.box.jail`.
"""
