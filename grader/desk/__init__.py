"""The desk: a web server on which students hand in, and read what to look at a second later.

Lives here: the desk's own database with its migrations, personal links and sessions, receipts and
the queue, the threads that empty it, the log of what teachers change, and the HTTP interface for
programs. The views of the pages are in `students/` and `teachers/`; `access.py` says who may see
which, `frame.py` has what all pages share, `door.py` lets in and out.

May import: `export`, `grading`, `pages` and every room below them. Imported by: `cli`.
"""
