"""The notebook is a relative symbolic link to the instructor's own."""

import os


def hand_in(folder, honest):
    solution = honest.parents[3] / "solutions" / honest.stem / honest.name
    (folder / honest.name).symlink_to(os.path.relpath(solution, folder))


EVIDENCE = "must be an ordinary file, not a link"
