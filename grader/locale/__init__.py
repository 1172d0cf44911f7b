"""The kit's sentences for students and pages, in the language of the course.

Lives here: the translations in `<language>/LC_MESSAGES/`, the template `messages.pot` from which
they are made, and the functions that look up a sentence.

May import: nothing of ours. Imported by: every room but `box.inside`.
"""
