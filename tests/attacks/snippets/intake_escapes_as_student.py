"""A student id that commands the instructor's terminal, and one that it would draw in red."""


def hand_in(folder, honest):
    (folder / honest.name).write_bytes(honest.read_bytes())


STUDENT = "\x1b]0;owned\x07[bold red]\x9b31m\u202e"
EVIDENCE = "cannot be a student id"
