"""How other systems name the files of their downloads: one module a system, one that recognises.

May import: `grader.intake.timestamp`. Imported by: `grader.intake.collect`,
`grader.intake.identity`.
"""
