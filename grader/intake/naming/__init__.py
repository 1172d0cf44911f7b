"""How other systems name the files of their downloads: one module for each system.

`recognised` finds out which naming a download follows.

May import: `grader.errors`. Imported by: `grader.intake.collect`, `grader.intake.identity`,
`grader.intake.teams`, `grader.intake.titles`.
"""
