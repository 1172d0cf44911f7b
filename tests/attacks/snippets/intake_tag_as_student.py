"""A student id that is a tag of HTML."""


def hand_in(folder, honest):
    (folder / honest.name).write_bytes(honest.read_bytes())


STUDENT = "<img src=x onerror=alert(1)>"
EVIDENCE = "cannot be a student id"
