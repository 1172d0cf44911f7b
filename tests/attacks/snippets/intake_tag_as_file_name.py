"""A file name that is a tag of HTML, markup of the terminal, and an escape."""


def hand_in(folder, honest):
    (folder / "<script>[link=http:x]\x1b[2J.ipynb").write_bytes(honest.read_bytes())


EVIDENCE = "The file name cannot be used"
