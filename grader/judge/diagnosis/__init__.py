"""Names the mistake in a step: calls that went wrong are replayed with each known mistake.

May import: `grader.judge`, `grader.box.protocol`. Imported by: `grader.judge.verdict`.
"""
