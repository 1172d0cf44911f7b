"""A student id that a spreadsheet would compute."""


def hand_in(folder, honest):
    (folder / honest.name).write_bytes(honest.read_bytes())


STUDENT = "=cmd|' !A0'"
EVIDENCE = "cannot be a student id"
