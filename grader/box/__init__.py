"""The untrusted side: student code runs behind this package, and only values come out.

Lives here: `launch` opens boxes, `session` takes one submission through as many as it needs,
`client` speaks to one of them by `protocol` over `channel`; `inside/` is what runs there, `jail/`
what shuts it in.

May import: `course` for limits, `system`. Imported by: `judge`, `grading`, `cli`.
"""
