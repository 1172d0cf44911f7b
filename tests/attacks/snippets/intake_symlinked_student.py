"""The attacker's whole folder is a symbolic link to another student's."""


def hand_in(folder, honest):
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to(honest.parents[1], target_is_directory=True)


EVIDENCE = "must be an ordinary file, not a link"
