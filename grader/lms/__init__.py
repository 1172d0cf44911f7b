"""Learning management systems that we talk to over the network; today, Canvas.

Lives here: where the token comes from, one careful connection, what we read of a course there, and
what we write: files on comments, and grades. Which student somebody is there, and what a file is
worth, others decide.

May import: `course`, `system`. Imported by: `intake`, `export`, `cli`.
"""
