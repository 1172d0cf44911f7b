"""A student id that is a path to somewhere else, on some system."""


def hand_in(folder, honest):
    (folder / honest.name).write_bytes(honest.read_bytes())


STUDENT = r"..\..\results"
EVIDENCE = "cannot be a student id"
