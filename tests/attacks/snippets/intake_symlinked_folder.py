"""The folder of the assignment is a symbolic link to another student's."""


def hand_in(folder, honest):
    folder.rmdir()
    folder.symlink_to(honest.parent, target_is_directory=True)


EVIDENCE = "must be an ordinary file, not a link"
