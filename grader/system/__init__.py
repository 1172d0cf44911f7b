"""The operating system: whole files, scratch folders, worker processes, Ctrl-C, tables on disk.

Nothing here knows what a course is. May import: only `grader.errors`. Imported by: every room.
"""
