"""Feedback pages on their way out: to Canvas, to Moodle, as files, by mail.

Lives here: which pages are due (`due`), the names of their files (`names`), letters (`letters`),
and the command that joins them (`give_back`). Another way of giving is a function from pages to a
`Plan`, and one that delivers its parcels.

May import: `pages` and every room below it. Imported by: `cli`, `desk`.
"""
