"""How other systems name the files of their downloads: one module for each system.

`recognised` finds out which naming a download follows.

May import: `grader.errors`. Imported by: the other modules of `grader.intake`,
and `grader.export.giving`.
"""
