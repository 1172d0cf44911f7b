"""The operating system: whole files, scratch folders, worker processes, Ctrl-C, tables on disk.

Lives here: what would be of use to any program; nothing here knows what a course is.

May import: no room. Imported by: every room but `judge`.
"""
