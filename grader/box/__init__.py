"""The untrusted side: student code runs behind this package, and only values come out.

Lives here: `launch` opens boxes, `session` takes one submission through as many as it needs, and
`client` speaks to one of them by `protocol` over `channel`. `limits` says what one may use.
`inside/` runs in the box, and `jail/` shuts it in.

May import: `course` for limits, `system`. Imported by: `judge`, `grading`, `pages`, `release`,
`cli`, `nbgrader_plugins`.
"""
