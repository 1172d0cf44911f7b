"""The pages of teachers and assistants: the class, its students, and what was changed.

Every view begins with a decorator of `grader.desk.access`. An assistant sees and changes the work
of students in their own sections only.
"""
