"""A student id of dots alone, which some path above might swallow."""


def hand_in(folder, honest):
    (folder / honest.name).write_bytes(honest.read_bytes())


STUDENT = "..."
EVIDENCE = "cannot be a student id"
