"""The desk: a web server on which students hand in, and read what to look at a second later.

Lives here: the desk's own database with its migrations, personal links and sessions, receipts and
the queue, the threads that empty it, the pages' views, and the HTTP interface for programs.

May import: `grading`, `pages` and every room below them. Imported by: `cli`.
"""
