"""The untrusted side: student code runs behind this package, and only values come out.

`launcher()` opens boxes, `Session` runs one submission in them. `runner` and `shell` are what
runs inside; they import nothing of the judge, the gradebook or nbgrader.
"""
