"""The notebook is a symbolic link to another student's."""


def hand_in(folder, honest):
    (folder / honest.name).symlink_to(honest)


EVIDENCE = "must be an ordinary file, not a link"
