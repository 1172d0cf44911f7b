"""What the kit says to students and on pages, in the language of the course.

Lives here: the translations, `<language>/LC_MESSAGES/`, the template they are made from,
`messages.pot`, and the functions that look a sentence up.

May import: nothing of ours. Imported by: every room but `box.inside`.
"""
